import t from 'tap';
import { defineTable, integer, type Table } from '../../../protocol/table.ts';
import { openEngine } from '../harness.ts';

const table = defineTable({
  name: 'processes',
  description: 'stands for a real table',
  columns: { pid: integer() },
  aliases: ['procs'],
  generate: () => [{ pid: 1 }],
}) as unknown as Table;

const denied = [
  'CREATE TABLE processes(pid)',
  'CREATE TEMP TABLE t AS SELECT 1',
  'CREATE VIEW v AS SELECT 1',
  'CREATE TEMP VIEW v AS SELECT 1',
  'CREATE VIRTUAL TABLE v USING processes',
  'DROP VIEW procs',
  "ATTACH '/tmp/x.db' AS x",
  'DETACH main',
  'VACUUM',
  "VACUUM INTO '/tmp/x.db'",
  'ANALYZE',
  'BEGIN',
  'COMMIT',
  'SAVEPOINT s',
  'PRAGMA user_version',
  'PRAGMA writable_schema = 1',
  'PRAGMA hard_heap_limit = 1',
  'SELECT * FROM pragma_database_list',
];

const impossible = [
  "SELECT load_extension('x.so')",
  "SELECT readfile('/etc/passwd')",
  "SELECT writefile('/tmp/x', 'y')",
  "SELECT edit('x')",
  "SELECT sqlite_log(1, 'x')",
  'SELECT rtreedepth(zeroblob(10))',
  'SELECT fts5_source_id()',
  'SELECT * FROM sqlite_dbpage',
  'SELECT * FROM dbstat',
  "SELECT * FROM bytecode('SELECT 1')",
  'CREATE VIRTUAL TABLE f USING fts5(a)',
  'CREATE TEMP TRIGGER g AFTER INSERT ON processes BEGIN SELECT 1; END',
  'CREATE INDEX i ON sqlite_master(name)',
  'INSERT INTO processes VALUES (1)',
  'UPDATE processes SET pid = 2',
  'DELETE FROM processes',
  'DELETE FROM sqlite_master',
];

t.test('queries can only read', async (t) => {
  const { ask } = await openEngine([table]);
  for (const sql of denied) {
    t.match(ask(sql).failure, { reason: 'not_authorized', message: /not authorized: / }, sql);
  }
  for (const sql of impossible) {
    t.match(ask(sql).failure, { reason: /not_authorized|sql_error/ }, sql);
  }
  t.strictSame(ask('SELECT * FROM processes').cells, [[1]], 'nothing shadows the table');
});

t.test('what osquery allows is allowed', async (t) => {
  const { ask } = await openEngine([table]);
  for (const sql of [
    'PRAGMA Table_Info(processes)',
    "SELECT * FROM pragma_table_info('processes')",
    'PRAGMA table_xinfo(processes)',
    'PRAGMA collation_list',
    'SELECT name FROM pragma_function_list LIMIT 1',
    'EXPLAIN QUERY PLAN SELECT * FROM processes',
    'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 3) SELECT x, row_number() OVER () FROM c',
    "SELECT value FROM json_each('[1,2]')",
    "SELECT group_concat(pid), json_group_array(pid), strftime('%Y', 'now'), soundex('a') FROM processes",
  ]) {
    t.equal(ask(sql).failure, undefined, sql);
  }
});

t.test('one query cannot change how LIKE compares for the next', async (t) => {
  const { ask } = await openEngine([]);
  t.strictSame(ask("PRAGMA case_sensitive_like = ON; SELECT 'a' LIKE 'A' AS r").failure, undefined);
  t.strictSame(ask("SELECT 'a' LIKE 'A'").cells, [[1]]);
});

t.test('a failure of one kind does not colour the next one', async (t) => {
  const { ask } = await openEngine([]);
  t.match(ask('BEGIN').failure, { reason: 'not_authorized' });
  t.match(ask('SELECT * FROM nowhere').failure, { reason: 'sql_error', message: 'no such table: nowhere' });
  t.match(ask('SELEC 1').failure, { reason: 'sql_error', message: /syntax error/ });
});
