import t from 'tap';
import { bigint, defineTable, text } from '../../../protocol/table.ts';
import { typesOfProgram } from '../../../workers/engine/program-types.ts';
import { openEngine } from '../harness.ts';

const things = defineTable({
  name: 'things',
  description: '',
  columns: { n: bigint(), name: text() },
  generate: () => [{ n: 1, name: 'a' }],
});

t.test('expressions without a row have the types that osquery infers', async (t) => {
  const { ask } = await openEngine([things]);
  for (const [expression, type] of [
    ['n', 'BIGINT'],
    ['name', 'TEXT'],
    ['n + 1', 'BIGINT'],
    ['n * 1.5', 'BIGINT'],
    ['-n', 'BIGINT'],
    ['~n', 'BIGINT'],
    ['n << 2', 'BIGINT'],
    ['n > 3', 'INTEGER'],
    ['n IS NULL', 'INTEGER'],
    ['NOT n', 'INTEGER'],
    ["n = 1 AND name = 'x'", 'INTEGER'],
    ['12', 'INTEGER'],
    ['5000000000', 'BIGINT'],
    ['2.5', 'DOUBLE'],
    ["'text'", 'TEXT'],
    ["x'00'", 'BLOB'],
    ["name || 'x'", 'TEXT'],
    ['CAST(n AS TEXT)', 'TEXT'],
    ['CAST(n AS BLOB)', 'BLOB'],
    ['CAST(n AS NUMERIC)', 'UNKNOWN'],
    ['CAST(name AS INTEGER)', 'BIGINT'],
    ['CAST(name AS REAL)', 'DOUBLE'],
    ['lower(name)', 'UNKNOWN'],
    ['NULL', 'UNKNOWN'],
  ] as const) {
    t.strictSame(
      ask(`SELECT ${expression} AS x FROM things LIMIT 0`).columns,
      [{ name: 'x', type }],
      expression,
    );
    const nested = ask(`SELECT * FROM (\nSELECT 1 AS first, ${expression} AS x FROM things) LIMIT 0`);
    t.equal(nested.columns?.[1]?.type, type, `${expression}, as .types and getQueryColumns ask`);
  }
  const grouped = 'SELECT * FROM (SELECT name, count(*), sum(n) FROM things GROUP BY name) LIMIT 0';
  t.strictSame(
    ask(grouped).columns?.map(({ type }) => type),
    ['TEXT', 'BIGINT', 'BIGINT'],
  );
});

t.test('what has no program of its own stays unknown, and fails nothing', async (t) => {
  const { ask } = await openEngine([things]);
  t.equal(ask('PRAGMA table_info(nowhere)').failure, undefined);
  t.equal(ask('-- only a comment\n').failure, undefined);
  t.strictSame(typesOfProgram([]), []);
  t.strictSame(ask('SELECT 1 + 1 AS two FROM things').columns, [{ name: 'two', type: 'BIGINT' }]);
});
