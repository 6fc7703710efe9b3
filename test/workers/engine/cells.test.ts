import t from 'tap';
import { rowsOfFrames } from '../../../protocol/row-batches.ts';
import {
  bigint,
  blob,
  defineTable,
  double,
  integer,
  type Table,
  text,
  unsignedBigint,
} from '../../../protocol/table.ts';
import { wholeOf } from '../../../workers/engine/cells.ts';
import { openEngine } from '../harness.ts';

t.test('every storage class travels without loss', async (t) => {
  const { ask } = await openEngine([]);
  const one = (sql: string): unknown => ask(`SELECT ${sql}`).cells[0]?.[0];
  t.equal(one('9007199254740991'), 9007199254740991);
  t.strictSame(one('9007199254740993'), { int: '9007199254740993' });
  t.strictSame(one('-9223372036854775807 - 1'), { int: '-9223372036854775808' });
  t.strictSame(one('1.0'), { real: 1 });
  t.strictSame(one('1e300 * 1e300'), { real: 'Infinity' });
  t.strictSame(one('-1e300 * 1e300'), { real: '-Infinity' });
  t.strictSame(one('0.1 + 0.2'), { real: 0.1 + 0.2 });
  t.equal(one('NULL'), null);
  t.strictSame(one("x'00ff10'"), { blob: 'AP8Q' });
  t.strictSame(one("x''"), { blob: '' });
  t.equal(one("''"), '');
  t.equal(one("'a' || char(0) || 'b'"), 'a\0b');
  t.equal(one("'\"\\' || char(10, 31, 127)"), '"\\\n\u001f\u007f');
  t.equal(one("'Käse 悪 😀'"), 'Käse 悪 😀');
  t.equal(one("CAST(x'61ff62' AS TEXT)"), 'a\ufffdb', 'invalid UTF-8 stays valid JSON');
});

t.test('double-quoted text that names no column is a string', async (t) => {
  const { ask } = await openEngine([]);
  t.strictSame(ask('SELECT "no such column" AS a WHERE "x" = \'x\'').cells, [['no such column']]);
});

t.test('table values follow the declared type', async (t) => {
  const rows = [
    { t: 'a', i: 1, b: 2 ** 40, u: 2n ** 63n - 1n, d: 1.5, x: new Uint8Array([1, 2]) },
    { t: undefined, i: undefined, b: undefined, u: undefined, d: undefined, x: undefined },
    { t: null, i: null, b: null, u: null, d: null, x: null },
    { t: 'ü', i: 2 ** 32 + 5, b: 2n ** 63n, u: 2n ** 64n - 1n, d: Number.NaN, x: 'text' },
    { i: Number.POSITIVE_INFINITY, b: -1.9, u: 2 ** 53, d: Number.POSITIVE_INFINITY },
  ];
  const table = defineTable({
    name: 'kinds',
    description: 'one column of each type',
    columns: { t: text(), i: integer(), b: bigint(), u: unsignedBigint(), d: double(), x: blob() },
    generate: () => rows,
  });
  const { ask } = await openEngine([table as unknown as Table]);
  const { cells, columns } = ask('SELECT * FROM kinds');
  t.strictSame(cells, [
    ['a', 1, 2 ** 40, { int: '9223372036854775807' }, { real: 1.5 }, { blob: 'AQI=' }],
    ['', null, null, null, null, ''],
    [null, null, null, null, null, null],
    ['ü', 5, null, null, null, 'text'],
    ['', null, -1, { int: '9007199254740992' }, { real: 'Infinity' }, ''],
  ]);
  t.strictSame(
    columns?.map(({ type }) => type),
    ['TEXT', 'INTEGER', 'BIGINT', 'UNSIGNED_BIGINT', 'DOUBLE', 'BLOB'],
  );
});

t.test('whole numbers in text: the base is detected as strtoll does', async (t) => {
  t.strictSame(['12', '-12', '0x1F', '017', '0', ' 7', '08', '1.5', '', 'abc', '12x'].map(wholeOf), [
    12n,
    -12n,
    31n,
    15n,
    0n,
    7n,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

t.test('each of several statements tells its own columns, and its rows have no others', async (t) => {
  const { ask } = await openEngine([]);
  const told = (sql: string) =>
    ask(sql).results.map(({ columns, rowFrames }) => ({
      names: columns.map(({ name }) => name),
      types: columns.map(({ type }) => type),
      rows: rowsOfFrames(rowFrames),
    }));
  const first = { names: ['a', 'b'], types: ['BIGINT', 'TEXT'], rows: [[1, 'x']] };
  t.strictSame(told("SELECT 1 AS a, 'x' AS b; ; SELECT 'y' AS b, 2.5 AS c;\n-- the end\n"), [
    first,
    { names: ['b', 'c'], types: ['TEXT', 'DOUBLE'], rows: [['y', { real: 2.5 }]] },
  ]);
  t.strictSame(
    told("SELECT 1 + 1 AS a, abs(1) AS f WHERE 0; SELECT 1 AS a, 'x' AS b; SELECT 'y' AS c WHERE 0"),
    [
      { names: ['a', 'f'], types: ['BIGINT', 'UNKNOWN'], rows: [] },
      first,
      { names: ['c'], types: ['TEXT'], rows: [] },
    ],
    'also one without a row, whose program tells the types',
  );
  t.strictSame(
    told("PRAGMA case_sensitive_like = ON; SELECT 1 AS a, 'x' AS b"),
    [first],
    'one without columns tells none',
  );
  const nothing = [{ names: [], types: [], rows: [] }];
  t.strictSame(told('PRAGMA case_sensitive_like = ON'), nothing, 'unless there is no other');
  t.strictSame(told(' '), nothing);
  t.strictSame(ask('SELECT 1 AS a, 2 AS a').cells, [[1, 2]]);
  t.match(ask('SELECT 1; SELECT nope(1)'), { failure: { reason: 'sql_error', message: /nope/ }, rows: 0 });
  t.match(ask(' '), { failure: undefined, rows: 0 });
});

t.test('columns are announced without rows too, expressions by their first value', async (t) => {
  const { ask } = await openEngine([]);
  t.strictSame(ask('SELECT 1 AS n WHERE 0').columns, [{ name: 'n', type: 'INTEGER' }]);
  t.strictSame(
    ask("SELECT 1 AS n, 1.5 AS d, 'a' AS t, x'00' AS b, NULL AS u").columns?.map(({ type }) => type),
    ['BIGINT', 'DOUBLE', 'TEXT', 'BLOB', 'UNKNOWN'],
  );
});
