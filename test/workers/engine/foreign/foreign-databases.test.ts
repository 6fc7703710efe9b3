import { execFileSync } from 'node:child_process';
import { copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { createHostFiles } from '../../../../platform/node/host-files/door.ts';
import type { Budget } from '../../../../protocol/budget.ts';
import { defineTable, text } from '../../../../protocol/table.ts';
import { type Answer, openEngine } from '../../harness.ts';

/** Gives what a statement over a database of the host gives, value by value. */
const rowsOf = defineTable({
  name: 'rows_of',
  description: 'Rows of a database.',
  columns: {
    path: text({ required: true }),
    sql: text({ required: true }),
    parameter: text({ additional: true }),
    row: text(),
  },
  *generate(query) {
    const [path = ''] = query.equals('path') ?? [];
    const [sql = ''] = query.equals('sql') ?? [];
    const parameters = query.equals('parameter') ?? [];
    for (const values of query.readDatabase({ files: query.files, path, sql, parameters })) {
      const row = values
        .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value))
        .join('|');
      yield { path, sql, parameter: parameters[0], row };
    }
  },
});

const { ask: askEngine } = await openEngine([rowsOf]);

interface Read extends Omit<Answer, 'rows'> {
  readonly rows: readonly unknown[];
  readonly warnings: readonly string[];
}

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const read = (root: string, sql: string, budget: Partial<Budget> = {}, more = '', path = '/db'): Read => {
  const warnings: string[] = [];
  const files = createHostFiles({
    root,
    readMax_bytes: 1000,
    budget: { read_bytes: (budget.read_mb ?? 512) * 2 ** 20, paths: 1000 },
  });
  const services = { files, warn: (message: string) => void warnings.push(message) };
  const asked = `SELECT row FROM rows_of WHERE path = ${quoted(path)} AND sql = ${quoted(sql)} ${more}`;
  const answer = askEngine(asked, { budget, services });
  return { ...answer, warnings, rows: answer.cells.map(([row]) => row) };
};

/** Everything in a directory, with what reading must not change. */
const pictureOf = (directory: string): unknown =>
  readdirSync(directory).map((name) => {
    const { size, mtimeMs, ctimeMs, ino, mode } = lstatSync(join(directory, name));
    return { name, size, mtimeMs, ctimeMs, ino, mode, content: readFileSync(join(directory, name), 'hex') };
  });

const make = (directory: string, mode: string): Database.Database => {
  const db = new Database(join(directory, 'db'));
  db.pragma(`journal_mode = ${mode}`);
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, body BLOB)');
  db.prepare('INSERT INTO t (name, body) VALUES (?, ?)').run('größer', Buffer.from([0, 255, 0]));
  db.prepare('INSERT INTO t VALUES (?, ?, ?)').run(2n ** 60n, null, 1.5);
  return db;
};

const all = 'SELECT id, name, body FROM t';
const expected = ['1|größer|00ff00', '1152921504606846976||1.5'];

t.test('rows of every value, in every journal mode, whether its owner has it open or not', async (t) => {
  for (const mode of ['wal', 'delete', 'truncate', 'persist']) {
    const directory = t.testdir();
    const db = make(directory, mode);
    for (const state of ['open', 'closed']) {
      if (state === 'closed') db.close();
      const before = pictureOf(directory);
      const { rows, failure, warnings } = read(directory, all);
      t.strictSame([rows, failure, warnings], [expected, undefined, []], `${mode}, ${state}`);
      t.strictSame(pictureOf(directory), before, `${mode}, ${state}: nothing is made, changed or taken away`);
    }
  }
});

t.test('what is in the log alone is read, also beside a writer in a transaction', async (t) => {
  const directory = t.testdir();
  const db = make(directory, 'wal');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.exec("INSERT INTO t (name) VALUES ('in the log')");
  db.exec("BEGIN IMMEDIATE; INSERT INTO t (name) VALUES ('not committed')");
  const before = pictureOf(directory);
  t.strictSame(read(directory, 'SELECT name FROM t').rows, ['größer', '', 'in the log']);
  t.strictSame(pictureOf(directory), before);
  db.exec('COMMIT');
  t.equal(read(directory, 'SELECT name FROM t').rows.length, 4, 'no lock of ours was in its way');
  db.close();
});

t.test('a copy without its log, and one whose log is torn', async (t) => {
  const directory = t.testdir({ copy: {} });
  const db = make(directory, 'wal');
  const copy = join(directory, 'copy');
  for (const name of ['db', 'db-wal']) copyFileSync(join(directory, name), join(copy, name));
  db.close();
  const log = readFileSync(join(copy, 'db-wal'));
  writeFileSync(join(copy, 'db-wal'), log.subarray(0, log.length - 100));
  const before = pictureOf(copy);
  t.equal(read(copy, all).failure, undefined);
  t.strictSame(pictureOf(copy), before);
});

t.test('a transaction that was broken off is told, and nobody rolls it back', async (t) => {
  const directory = t.testdir({ copy: {} });
  const db = make(directory, 'delete');
  db.pragma('cache_size = 1');
  db.pragma('cache_spill = 1');
  db.exec('BEGIN');
  const insert = db.prepare('INSERT INTO t (body) VALUES (?)');
  for (let count = 0; count < 100; count += 1) insert.run(Buffer.alloc(4000, count));
  const copy = join(directory, 'copy');
  for (const name of ['db', 'db-journal']) copyFileSync(join(directory, name), join(copy, name));
  db.close();
  const before = pictureOf(copy);
  const { rows, warnings, failure } = read(copy, all);
  t.match([rows, warnings, failure], [[], [/roll it back: ask again later/], undefined]);
  t.strictSame(pictureOf(copy), before);
});

t.test('parameters are values, never SQL', async (t) => {
  const directory = t.testdir();
  make(directory, 'delete').close();
  const byName = 'SELECT id FROM t WHERE name = ?';
  t.strictSame(read(directory, byName, {}, `AND parameter = 'größer'`).rows, ['1']);
  t.strictSame(read(directory, byName, {}, `AND parameter = ${quoted("' OR 1 --")}`).rows, []);
});

t.test('what is no database, or broken, gives a warning; what is not there gives nothing', async (t) => {
  const directory = t.testdir({
    text: 'x'.repeat(5000),
    empty: '',
    dir: {},
    link: t.fixture('symlink', '/etc/passwd'),
  });
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  make(directory, 'delete').close();
  const damaged = readFileSync(join(directory, 'db')).fill(0xff, 4096);
  writeFileSync(join(directory, 'damaged'), damaged);
  writeFileSync(join(directory, 'cut'), damaged.subarray(0, 3000));
  const at = (path: string): Read => read(directory, all, {}, '', path);
  t.match(at('/text'), { rows: [], warnings: [/\/text: file is not a database/], failure: undefined });
  t.match(at('/empty'), { rows: [], warnings: [/\/empty: no such table: t/] });
  for (const path of ['/fifo', '/dir'])
    t.match(at(path), { rows: [], warnings: [/unable to open/], failure: undefined });
  for (const path of ['/damaged', '/cut'])
    t.match(at(path), { rows: [], warnings: [/malformed|not a database/] }, path);
  for (const path of ['/none', '/link'])
    t.match(at(path), { rows: [], warnings: [], failure: undefined }, path);
  for (const sql of ['SELECT * FROM none', 'SELEC', '', 'SELECT 1 -- '])
    t.equal(read(directory, sql).failure, undefined, sql);
});

t.test('a statement only reads', async (t) => {
  const directory = t.testdir();
  make(directory, 'delete').close();
  const before = pictureOf(directory);
  const statements = [
    'DELETE FROM t',
    'CREATE TABLE u (x)',
    'CREATE TEMP TABLE u (x)',
    "ATTACH '/etc/passwd' AS p",
    'VACUUM',
    'PRAGMA journal_mode = WAL',
    "SELECT load_extension('x')",
    'BEGIN IMMEDIATE',
  ];
  for (const sql of statements) t.match(read(directory, sql), { rows: [], warnings: [/.+/] }, sql);
  t.strictSame(pictureOf(directory), before);
});

t.test('a hostile schema is under the limits of the query', async (t) => {
  const directory = t.testdir();
  const db = make(directory, 'delete');
  db.exec(
    'CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n',
  );
  db.exec('CREATE VIEW large AS SELECT hex(zeroblob(20000000)) || hex(zeroblob(20000000))');
  db.close();
  t.match(read(directory, 'SELECT * FROM endless', { wall_ms: 50 }).failure, {
    reason: 'limit',
    limit: 'wall_ms',
  });
  const large = read(directory, 'SELECT * FROM large', { memory_mb: 4 });
  t.match(large.failure, { reason: 'out_of_memory' });
  t.strictSame(read(directory, all).rows, expected, 'the engine lives on');
});

t.test('what is read counts, and a used-up budget ends the query', async (t) => {
  const directory = t.testdir();
  const db = make(directory, 'delete');
  const insert = db.prepare('INSERT INTO t (body) VALUES (?)');
  for (let count = 0; count < 40; count += 1) insert.run(Buffer.alloc(100_000));
  db.close();
  t.match(read(directory, 'SELECT sum(length(body)) FROM t').rows, ['4000006']);
  t.match(read(directory, 'SELECT body FROM t', { read_mb: 1 }).failure, {
    reason: 'limit',
    limit: 'read_mb',
  });
  t.strictSame(read(directory, 'SELECT id FROM t', {}, 'LIMIT 1').rows, ['1'], 'a scan that ends early');
});

t.test('two databases at once, and a name that is no UTF-8', async (t) => {
  const directory = t.testdir();
  make(directory, 'wal').close();
  const strange = Buffer.concat([Buffer.from(join(directory, 'x')), Buffer.from([0xff])]);
  mkdirSync(strange);
  copyFileSync(join(directory, 'db'), Buffer.concat([strange, Buffer.from('/db')]));
  const files = createHostFiles({
    root: directory,
    readMax_bytes: 1000,
    budget: { read_bytes: 2 ** 29, paths: 1000 },
  });
  const inside = files.entries('/')?.find(({ name }) => name.startsWith('x'))?.name ?? '';
  t.match(read(directory, all, {}, '', `/${inside}/db`).warnings, [], 'a path is not handed to SQLite');
  const both = askEngine(
    `SELECT a.row || b.row FROM rows_of a, rows_of b WHERE a.path = '/db' AND b.path = '/db' AND a.sql = ${quoted('SELECT id FROM t')} AND b.sql = ${quoted('SELECT name FROM t')}`,
    { services: { files } },
  );
  t.equal(both.cells.length, 4);
});

t.test('a database that changes meanwhile is told', async (t) => {
  const directory = t.testdir();
  const db = make(directory, 'wal');
  const changing = defineTable({
    name: 'changing',
    description: 'Writes while it is read.',
    columns: { id: text() },
    *generate(query) {
      for (const [id] of query.readDatabase({
        files: query.files,
        path: '/db',
        sql: 'SELECT id FROM t',
        parameters: [],
      })) {
        db.exec("INSERT INTO t (name) VALUES ('more')");
        yield { id: String(id) };
      }
    },
  });
  const { ask } = await openEngine([changing]);
  const warnings: string[] = [];
  const files = createHostFiles({
    root: directory,
    readMax_bytes: 1000,
    budget: { read_bytes: 2 ** 29, paths: 1000 },
  });
  const { cells } = ask('SELECT id FROM changing', {
    services: { files, warn: (text) => void warnings.push(text) },
  });
  t.equal(cells.length, 2, 'what was there at the beginning');
  t.match(warnings, [/\/db changed while it was read/]);
  db.close();
});
