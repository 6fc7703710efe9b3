/** Tables and views of the config in real workers, over SQLite files that SQLite itself wrote. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import type { ConfigTable, ConstructedTable } from '../../protocol/config-tables.ts';
import { writeAttachment } from '../../protocol/extension/attachment.ts';
import { integer } from '../../protocol/table.ts';
import { WorkerProcess } from './worker-process.ts';

const open = async (t: Test, tables: readonly ConfigTable[]) => {
  const worker = await WorkerProcess.ready();
  t.teardown(() => void worker.child.kill('SIGKILL'));
  const tell = (told: readonly ConfigTable[]): void => {
    worker.send({ type: 'forget_config' });
    for (const table of told) worker.send({ type: 'config_table', table });
  };
  tell(tables);
  return { worker, tell };
};

const visits = (path: string, more: Partial<ConstructedTable> = {}): ConstructedTable => ({
  kind: 'table',
  name: 'visits',
  path,
  sql: 'SELECT url, n AS count, score FROM visits ORDER BY n',
  columns: ['url', 'count', 'score'],
  ...more,
});

const make = (path: string, rows: readonly (readonly unknown[])[], journal = 'delete'): void => {
  const db = new Database(path);
  db.pragma(`journal_mode = ${journal}`);
  db.exec('CREATE TABLE visits (url, n, score)');
  for (const row of rows) db.prepare('INSERT INTO visits VALUES (?, ?, ?)').run(...row);
  db.close();
};

const profiles = (t: Test): string => {
  const home = t.testdir({ a: { 'places.db': '' }, b: { 'places.db': '' }, c: { 'places.db': {} } });
  make(join(home, 'a/places.db'), [
    ['x', 1n, 2.0],
    ['y', 2n ** 62n, null],
  ]);
  make(join(home, 'b/places.db'), [['z', 3n, Buffer.from('blob')]], 'wal');
  return home;
};

t.test('rows of every file of the pattern, all as text, with the path of each', async (t) => {
  const home = profiles(t);
  const { worker } = await open(t, [visits(`${home}/%/places.db`)]);
  const all = await worker.query('SELECT * FROM visits ORDER BY url');
  t.strictSame([all.failure, all.warnings, all.refused], [undefined, [], []], 'a directory is no file');
  t.strictSame(
    all.columns.map(({ name, type }) => [name, type]),
    ['url', 'count', 'score', 'path'].map((name) => [name, 'TEXT']),
  );
  t.strictSame(all.cells, [
    ['x', '1', '2.0', `${home}/a/places.db`],
    ['y', '4611686018427387904', '', `${home}/a/places.db`],
    ['z', '3', 'blob', `${home}/b/places.db`],
  ]);
  const some = await worker.query(`SELECT url FROM visits WHERE path = '${home}/b/places.db'`);
  t.strictSame(some.cells, [['z']]);
  t.ok(some.cost.read_bytes < all.cost.read_bytes, 'other files stay closed');
  t.strictSame((await worker.query(`SELECT url FROM visits WHERE path LIKE '${home}/a%'`)).cells, [
    ['x'],
    ['y'],
  ]);
});

t.test('a star is a wildcard as well, and a pattern may name one file or none', async (t) => {
  const home = profiles(t);
  const { worker, tell } = await open(t, [visits(`${home}/*/places.*`)]);
  const count = async (): Promise<unknown> =>
    (await worker.query('SELECT count(*) FROM visits')).cells[0]?.[0];
  t.equal(await count(), 3);
  tell([visits(`${home}/a/places.db`)]);
  t.equal(await count(), 2);
  tell([visits(`${home}/none/places.db`)]);
  t.equal(await count(), 0);
});

t.test('a file that cannot be read warns, and the others are read', async (t) => {
  const home = profiles(t);
  writeFileSync(join(home, 'a/places.db'), 'no database at all'.repeat(100));
  const other = new Database(join(home, 'c/other'));
  other.exec('CREATE TABLE other (x)');
  other.close();
  const { worker } = await open(t, [visits(`${home}/%/%`)]);
  const { cells, failure, warnings } = await worker.query('SELECT url FROM visits');
  t.strictSame([cells, failure], [[['z']], undefined]);
  t.match(warnings, [/a\/places.db: file is not a database/, /c\/other: no such table: visits/]);
});

t.test('columns are taken by their names; one that is not there is told', async (t) => {
  const home = profiles(t);
  const sql = "SELECT 'own' AS Path, n, url FROM visits;";
  const { worker } = await open(t, [
    visits(`${home}/b/places.db`, { columns: ['URL', 'path', 'lost'], sql }),
  ]);
  const { cells, columns, warnings } = await worker.query('SELECT * FROM visits');
  t.strictSame(
    columns.map(({ name }) => name),
    ['URL', 'path', 'lost'],
  );
  t.strictSame(cells, [['z', 'own', '']]);
  t.match(warnings, [/b\/places.db: the statement gives no column "lost"/]);
});

t.test('the statement of a table reads, and nothing else', async (t) => {
  const home = profiles(t);
  for (const sql of ['DELETE FROM visits', "ATTACH '/etc/passwd' AS p", 'PRAGMA writable_schema = 1']) {
    const { worker } = await open(t, [visits(`${home}/b/places.db`, { sql, columns: ['x'] })]);
    const { cells, warnings } = await worker.query('SELECT * FROM visits');
    t.strictSame(cells, [], sql);
    t.match(warnings, [/not authorized/], sql);
  }
});

const view = (name: string, sql: string): ConfigTable => ({ kind: 'view', name, sql });

t.test(
  'views are there under their names, read tables and each other, and go with their config',
  async (t) => {
    const home = profiles(t);
    const { worker, tell } = await open(t, [
      visits(`${home}/%/places.db`),
      view('twice', 'SELECT * FROM most UNION ALL SELECT * FROM most'),
      view('most', 'WITH v AS (SELECT url FROM visits) SELECT max(url) AS url FROM v; -- the last'),
    ]);
    const { cells, refused, failure } = await worker.query('SELECT url FROM twice');
    t.strictSame([cells, refused, failure], [[['z'], ['z']], [], undefined]);
    for (const name of ['visits', 'twice', 'TWICE'])
      t.match((await worker.query(`SELECT urk FROM ${name}`)).failure, { message: /did you mean.*url/ });
    tell([view('most', 'SELECT 7 AS url')]);
    t.strictSame((await worker.query('SELECT url FROM most')).cells, [[7]]);
    for (const name of ['twice', 'visits'])
      t.match((await worker.query(`SELECT * FROM ${name}`)).failure, { message: /^no such table/ });
    tell([]);
    t.match((await worker.query('SELECT * FROM most')).failure, { message: /^no such table/ });
  },
);

t.test('what cannot be used is told by its name, once, and harms nothing else', async (t) => {
  const { worker } = await open(t, [
    visits('/none', { name: 'Users' }),
    view('json_each', 'SELECT 1'),
    view('processes', 'SELECT 1 AS pid'),
    view('yara', 'SELECT 1'),
    view('broken', 'SELEC 1'),
    view('lost', 'SELECT * FROM nowhere'),
    view('fine', 'SELECT 1 AS n'),
    view('two', 'SELECT 1; DROP VIEW fine'),
    view('raw', "SELECT sqlite_log(1, 'x')"),
    view('FINE', 'SELECT 2 AS n'),
  ]);
  const { cells, refused } = await worker.query('SELECT n, (SELECT count(*) > 1 FROM processes) FROM fine');
  t.strictSame(cells, [[1, 1]]);
  const taken = 'there is a table of this name already';
  t.strictSame(
    refused.map(({ name, message }) => [name, message.replace(/^near .*/, 'syntax')]),
    [
      ['Users', taken],
      ['json_each', taken],
      ['processes', taken],
      ['yara', taken],
      ['broken', 'syntax'],
      ['two', 'it is more than one statement'],
      ['FINE', taken],
      ['lost', 'no such table: nowhere'],
      ['raw', 'not authorized: function sqlite_log()'],
    ],
  );
  t.strictSame((await worker.query('SELECT 1')).refused, []);
  t.equal((await worker.query('SELECT x FROM lost')).failure?.message, 'no such table: nowhere');
  t.match((await worker.query('SELECT * FROM raw')).failure, { reason: 'not_authorized' });
  t.match((await worker.query('DROP VIEW fine')).failure, { reason: 'not_authorized' });
  t.match((await worker.query('INSERT INTO fine VALUES (1)')).failure?.reason, /not_authorized|sql_error/);
});

t.test('an extension keeps its names, whenever it comes; what misses it is told until then', async (t) => {
  const columns = [{ name: 'n', column: integer() }];
  const route = { name: 'things', columns, aliases: ['stuff'], attributes: new Set<never>() };
  const extension = writeAttachment(
    { uuid: 7, name: 'x', path: '/none', socketDueAt_ms: 0, tables: [route], away: [] },
    0,
  );
  const { worker } = await open(t, [view('stuff', 'SELECT 1 AS own'), view('over', 'SELECT n FROM things')]);
  const before = await worker.query('SELECT own FROM stuff');
  t.strictSame(before.cells, [[1]]);
  t.match(before.refused, [{ name: 'over', message: /no such table/ }]);
  worker.send({ type: 'attach', extension });
  t.strictSame((await worker.query('SELECT 1')).refused, [
    { name: 'stuff', message: 'there is a table of this name already' },
  ]);
  await t.rejects(worker.query('SELECT n FROM stuff'), /needs a worker of profile net/);
  const beside =
    'SELECT name, owner_uuid, internal FROM osquery_registry WHERE owner_uuid > 0 OR internal = 1';
  t.strictSame((await worker.query(beside)).cells, [
    ['things', 7, 0],
    ['over', 0, 1],
  ]);
  worker.send({ type: 'detach', uuid: 7 });
  t.strictSame((await worker.query(beside)).cells, [
    ['stuff', 0, 1],
    ['over', 0, 1],
  ]);
  t.strictSame((await worker.query('SELECT own FROM stuff')).cells, [[1]]);
});
