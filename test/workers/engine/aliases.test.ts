import t from 'tap';
import { defineTable, type TableQuery, text } from '../../../protocol/table.ts';
import { openEngine } from '../harness.ts';

const columns = {
  path: text({ required: true }),
  rule: text({ hidden: true, additional: true }),
  found: text({ aliases: ['hit'] }),
} as const;

const open = async () => {
  const told: unknown[] = [];
  const table = defineTable({
    name: 'rules',
    description: 'What a rule finds.',
    columns,
    aliases: ['matches'],
    *generate(query: TableQuery<typeof columns>) {
      told.push([query.equals('path'), query.equals('rule')]);
      yield { path: '/p', rule: 'r', found: 'f' };
    },
  });
  return { ask: (await openEngine([table])).ask, told };
};

t.test('a table under its other name is the same table: hidden columns, pushed constraints', async (t) => {
  const { ask, told } = await open();
  t.strictSame(ask("SELECT * FROM matches WHERE path = '/p' AND rule = 'r'").cells, [['/p', 'f']]);
  t.strictSame(told, [[['/p'], ['r']]]);
  t.strictSame(ask("SELECT rule, hit FROM matches WHERE path = '/p'").cells, [['r', 'f']]);
  const both = "SELECT r.rule, m.rule FROM rules r JOIN matches m USING (path) WHERE path = '/p'";
  t.strictSame(ask(both).cells, [['r', 'r']]);
  t.strictSame(ask("SELECT name FROM pragma_table_xinfo('matches') WHERE hidden = 1").cells, [
    ['rule'],
    ['hit'],
  ]);
});

t.test('what goes wrong is told by the name that was asked for', async (t) => {
  const { ask } = await open();
  t.match(ask('SELECT * FROM matches').failure, {
    reason: 'missing_required',
    message: /^Table matches was queried without .*SELECT \* FROM matches WHERE path/,
  });
  t.match(ask("SELECT rules FROM matches WHERE path = ''").failure, {
    message: /no such column.*did you mean/,
  });
});

t.test('nobody writes a table under its other name, or puts another in its place', async (t) => {
  const { ask } = await open();
  for (const sql of [
    "INSERT INTO matches (path) VALUES ('x')",
    "UPDATE matches SET found = 'x' WHERE path = '/p'",
    "DELETE FROM matches WHERE path = '/p'",
    'CREATE TEMP TABLE matches (path)',
    'CREATE TEMP VIEW matches AS SELECT 1',
    'DROP VIEW matches',
    'DROP TABLE matches',
  ])
    t.match(ask(sql).failure?.reason, /not_authorized|sql_error/, sql);
  t.strictSame(ask("SELECT found FROM matches WHERE path = '/p'").cells, [['f']]);
});
