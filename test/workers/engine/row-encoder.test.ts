import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import type { Cell } from '../../../protocol/cell.ts';
import { maxRowsFrame_bytes } from '../../../protocol/frame.ts';
import { bigint, type Table, type TableValue, text } from '../../../protocol/table.ts';
import { assemble } from '../../../scripts/assemble.ts';
import { openEngine } from '../harness.ts';

const folder = join(import.meta.dirname, '../../../workers/engine');

t.test('row-writer.wasm is what its text says: else run node scripts/assemble-row-writer.ts', async (t) => {
  const assembled = await assemble(readFileSync(join(folder, 'row-writer.wat'), 'utf8'));
  t.ok(readFileSync(join(folder, 'row-writer.wasm')).equals(assembled));
});

/** An engine with one table of one column, which gives what `values` holds. */
const openColumn = async (
  column: ReturnType<typeof text> | ReturnType<typeof bigint>,
  values: readonly TableValue[],
) => {
  const table: Table = {
    name: 'given',
    description: 'what the test gives',
    columns: { value: column },
    generate: () => values.map((value) => ({ value })),
  };
  return openEngine([table]);
};

t.test('every character at every place of texts around the 16 bytes that are copied at once', async (t) => {
  const texts: string[] = [];
  for (const length of [1, 15, 16, 17, 33]) {
    for (let place = 0; place < length; place += 1) {
      for (let character = 0; character <= 0xff; character += 1) {
        const other = character % 2 === 0 ? ' ' : '~';
        texts.push(other.repeat(place) + String.fromCharCode(character) + other.repeat(length - place - 1));
      }
    }
  }
  const { ask } = await openColumn(text(), texts);
  const { cells } = ask('SELECT value FROM given');
  t.equal(cells.length, texts.length);
  t.strictSame(
    texts.filter((expected, row) => cells[row]?.[0] !== expected),
    [],
  );
});

t.test('integers of every size, as numbers while a double tells them exactly', async (t) => {
  const edges = [0n, 2n ** 53n, 2n ** 63n - 1n];
  for (let digits = 0n; digits <= 18n; digits += 1n) edges.push(10n ** digits);
  const around = edges.flatMap((edge) => [edge - 1n, edge, edge + 1n]).flatMap((value) => [value, -value]);
  const random = fc.sample(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { numRuns: 2000, seed: 1 });
  const narrow = random.map((value) => value >> 20n);
  const integers = [...around, ...random, ...narrow].filter((value) => BigInt.asIntN(64, value) === value);
  const { ask } = await openColumn(bigint(), integers);
  t.strictSame(
    ask('SELECT value FROM given').cells,
    integers.map((value): Cell[] => [
      Number.isSafeInteger(Number(value)) ? Number(value) : { int: String(value) },
    ]),
  );
});

t.test('rows in frames that are not too large, and not cut while they are small', async (t) => {
  const { ask } = await openEngine([]);
  const many = ask(
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 3000) SELECT x, printf('%.*c', 300, 'é') FROM c",
  );
  t.equal(many.rows, 3000);
  t.strictSame(
    many.cells.map(([x]) => x),
    Array.from({ length: 3000 }, (_, index) => index + 1),
  );
  t.ok(many.frames.length > 3);
  t.strictSame(
    many.frames.slice(0, -1).filter((size) => size > maxRowsFrame_bytes || size < maxRowsFrame_bytes / 2),
    [],
  );
  t.equal(
    many.result_bytes,
    many.frames.reduce((sum, size) => sum + size, 0),
  );
});

/** A value as SQL, and as it arrives. */
const values: readonly (readonly [sql: string, cell: Cell])[] = [
  ['NULL', null],
  ['7', 7],
  ['-9007199254740991', -9007199254740991],
  ['9007199254740993', { int: '9007199254740993' }],
  ['0.5', { real: 0.5 }],
  ["''", ''],
  ["'0123456789abcdef'", '0123456789abcdef'],
  ["'\"'", '"'],
  ["'é'", 'é'],
  ["x'00'", { blob: 'AA==' }],
  ["printf('%.*c', 200, char(10))", '\n'.repeat(200)],
];

t.test('whatever stands where a frame is full', async (t) => {
  const { ask } = await openEngine([]);
  for (const [sql, cell] of values) {
    // From the end of the frame behind all of it to the end in front of it.
    for (let left = -3; left < 24; left += 1) {
      const filling = maxRowsFrame_bytes - left;
      const { cells, frames, failure } = ask(
        `SELECT printf('%.*c', ${filling}, 'x') AS a, ${sql} AS b UNION ALL SELECT NULL, ${sql}`,
      );
      t.equal(failure, undefined);
      t.strictSame(cells, [
        ['x'.repeat(filling), cell],
        [null, cell],
      ]);
      t.ok(frames.every((size) => size <= maxRowsFrame_bytes));
    }
  }
});

t.test('values that take many frames', async (t) => {
  const { ask } = await openEngine([]);
  const one = (sql: string): Cell | undefined => ask(`SELECT ${sql}, 'behind'`).cells[0]?.[0];
  const million = 1_000_000;
  t.equal(one(`printf('%.*c', ${5 * million}, 'x')`), 'x'.repeat(5 * million));
  t.equal(one(`printf('%.*c', ${million}, char(1))`), '\u0001'.repeat(million));
  // Its characters do not end where the parts do that a value is written in.
  for (const character of ['é', '悪', '😀', '"', '\\'])
    for (const before of ['', 'a', 'aa', 'aaa'])
      t.equal(
        one(`'${before}' || replace(printf('%.*c', 300000, 'x'), 'x', '${character}')`),
        before + character.repeat(300_000),
      );
  const invalid = one(`CAST(replace(printf('%.*c', 300000, 'x'), 'x', x'ff') AS TEXT)`);
  t.match(invalid, /^\ufffd+$/, 'what is no UTF-8 stays valid JSON');
  t.strictSame(one(`zeroblob(${3 * million})`), { blob: Buffer.alloc(3 * million).toString('base64') });
  t.strictSame(one(`zeroblob(${3 * million + 1})`), {
    blob: Buffer.alloc(3 * million + 1).toString('base64'),
  });
});

t.test('one row alone may not be larger than a result', async (t) => {
  const { ask } = await openEngine([]);
  const wide = Array.from({ length: 20 }, () => "printf('%.*c', 1000000, 'x')").join(', ');
  const { failure, frames } = ask(`SELECT ${wide}`, { budget: { result_mb: 4 } });
  t.match(failure, { limit: 'result_mb' });
  t.ok(frames.length < 20, 'it ends while the row is written');
  t.strictSame(ask('SELECT 1').cells, [[1]], 'the engine goes on');
});
