import t from 'tap';
import { bigint, defineTable, integer, text } from '../../../protocol/table.ts';
import { openEngine } from '../harness.ts';

const open = async () => {
  const users = defineTable({
    name: 'users',
    description: 'Users.',
    columns: {
      uid: bigint({ index: true }),
      name: text({ collate: 'NOCASE', aliases: ['username', 'login'] }),
      shell: text({ hidden: true }),
      remote: integer({ additional: true }),
    },
    aliases: ['accounts'],
    generate: () => [{ uid: 1 }, { uid: 2 }],
  });
  const clock = defineTable({
    name: 'clock',
    description: 'The time.',
    columns: { hour: integer() },
    generate: () => [{ hour: 7 }],
  });
  return openEngine([users, clock]);
};

const usersSql =
  'CREATE VIRTUAL TABLE users USING users(`uid` BIGINT, `name` TEXT COLLATE NOCASE, `shell` TEXT HIDDEN, `remote` INTEGER, `login` TEXT HIDDEN, `username` TEXT HIDDEN, PRIMARY KEY (`uid`, `remote`))';

t.test('sqlite_temp_master lists the tables as in osquery', async (t) => {
  const { ask } = await open();
  t.strictSame(ask('SELECT * FROM sqlite_temp_master').cells, [
    ['table', 'clock', 'clock', 0, 'CREATE VIRTUAL TABLE clock USING clock(`hour` INTEGER)'],
    ['table', 'users', 'users', 0, usersSql],
  ]);
  for (const name of ['SQLITE_temp_schema', 'temp.sqlite_master', 'temp.sqlite_schema'])
    t.strictSame(ask(`SELECT count(*) FROM ${name}`).cells, [[2]], name);
  t.strictSame(ask('SELECT count(*) FROM sqlite_master').cells, [[0]], 'as there');
  t.strictSame(
    ask("SELECT c.name FROM sqlite_temp_master m JOIN pragma_table_info(m.name) c WHERE m.name = 'clock'")
      .cells,
    [['hour']],
  );
  t.strictSame(ask('SELECT count(*), hour FROM sqlite_temp_master, clock').cells, [[2, 7]]);
});

t.test('the rows are there for the query that reads them, also when it fails', async (t) => {
  const { ask } = await open();
  const count = 'SELECT count(*) FROM sqlite_temp_master';
  t.match(ask('SELECT tbl_name FROM sqlite_temp_master, users', { budget: { rows: 3 } }).failure, {
    reason: 'limit',
  });
  t.match(ask('SELECT nothing FROM sqlite_temp_master').failure, { reason: 'sql_error' });
  t.strictSame(ask(`${count}; ${count}`).cells, [[2], [2]], 'none was left behind');
  t.strictSame(ask('SELECT last_insert_rowid() FROM sqlite_temp_master LIMIT 1').cells, [[0]]);
  for (const sql of ['DELETE FROM sqlite_temp_master', `INSERT INTO sqlite_temp_master (name) ${count}`])
    t.match(ask(sql).failure, { message: /may not be modified|not authorized/ }, sql);
  t.strictSame(ask('SELECT uid FROM users').cells, [[1], [2]]);
});

t.test('it has the views of the config, and their tables as long as they are there', async (t) => {
  const { engine, ask } = await open();
  engine.config.add({ kind: 'view', name: 'nobody', sql: 'SELECT count(*) AS n FROM sqlite_temp_master' });
  const noted = defineTable({ name: 'noted', description: '', columns: { n: text() }, generate: () => [] });
  engine.config.add({ kind: 'table', name: 'noted', table: noted });
  engine.settleConfig();
  const names = 'SELECT type, name FROM sqlite_temp_master ORDER BY name';
  t.strictSame(ask(names).cells, [
    ['table', 'clock'],
    ['view', 'nobody'],
    ['table', 'noted'],
    ['table', 'users'],
  ]);
  t.strictSame(ask('SELECT n FROM nobody').cells, [[4]], 'a view may read it, too');
  engine.config.forget();
  t.strictSame(ask(names).cells, [
    ['table', 'clock'],
    ['table', 'users'],
  ]);
});
