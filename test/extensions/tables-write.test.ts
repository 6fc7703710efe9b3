/** INSERT, UPDATE and DELETE on tables of extensions, in a real worker against a real extension process. */
import t, { type Test } from 'tap';
import { blob, double, integer, text } from '../../protocol/table.ts';
import { startTables, workerWith } from './table-harness.ts';

const open = async (t: Test) => {
  const extension = await startTables(t, {
    notes: {
      columns: { name: text({ index: true, aliases: ['title'] }), size: integer(), text: text() },
      aliases: ['memos'],
      conduct: { does: 'stores' },
    },
    typed: {
      columns: { d: double(), b: blob(), t: text({ required: true }) },
      conduct: { does: 'stores' },
    },
  });
  const worker = await workerWith(t, [extension.extension]);
  const ask = async (sql: string) => {
    const { cells, failure, reads } = await worker.query(sql);
    return { cells, failure, reads };
  };
  const requests = async (): Promise<readonly Readonly<Record<string, string>>[]> =>
    (await extension.calls()).map(({ request }) => request).filter(({ action }) => action !== 'generate');
  const rows = async (): Promise<unknown> =>
    (await ask('SELECT rowid, name, size, text FROM notes ORDER BY rowid')).cells;
  return { ask, requests, rows, worker };
};

t.test('rows are inserted, changed and deleted', async (t) => {
  const { ask, requests, rows } = await open(t);
  const context = '{"constraints":[]}';
  const inserted = await ask("INSERT INTO notes VALUES ('a', 1, 'x'), ('b', NULL, 'y')");
  t.strictSame(inserted, { cells: [], failure: undefined, reads: [7] });
  t.strictSame(await requests(), [
    { action: 'insert', auto_rowid: 'false', json_value_array: '["a",1,"x"]', context },
    { action: 'insert', auto_rowid: 'false', json_value_array: '["b",null,"y"]', context },
  ]);
  t.strictSame(await rows(), [
    [1, 'a', 1, 'x'],
    [2, 'b', null, 'y'],
  ]);
  t.equal((await ask("UPDATE notes SET size = size + 41, text = 'z' WHERE name = 'a'")).failure, undefined);
  t.equal((await ask('UPDATE notes SET rowid = 9007199254740993 WHERE rowid = 2')).failure, undefined);
  t.equal(
    (await ask("INSERT INTO notes (rowid, name, size, text) VALUES (5, 'c', 3, '')")).failure,
    undefined,
  );
  t.strictSame(await requests(), [
    { action: 'update', id: '1', json_value_array: '["a",42,"z"]', context },
    { action: 'update', id: '2', new_id: '9007199254740993', json_value_array: '["b",null,"y"]', context },
    { action: 'insert', auto_rowid: 'true', id: '5', json_value_array: '["c",3,""]', context },
  ]);
  t.strictSame(await rows(), [
    [1, 'a', 42, 'z'],
    [5, 'c', 3, ''],
    [{ int: '9007199254740993' }, 'b', null, 'y'],
  ]);
  t.equal((await ask('DELETE FROM notes WHERE size > 2')).failure, undefined);
  t.strictSame(await requests(), [
    { action: 'delete', id: '1', context },
    { action: 'delete', id: '5', context },
  ]);
  t.strictSame(await rows(), [[{ int: '9007199254740993' }, 'b', null, 'y']]);
});

t.test('what is written may come from a query, and may be asked about', async (t) => {
  const { ask, rows } = await open(t);
  const text = await ask(
    "INSERT INTO notes SELECT 'n' || value, value, '' FROM json_each('[1,2,3]'); SELECT last_insert_rowid(), changes()",
  );
  t.strictSame(text.cells, [[3, 3]]);
  t.equal(
    (await ask("INSERT INTO notes SELECT name || '!', size, text FROM notes WHERE size < 3")).failure,
    undefined,
  );
  t.equal((await ask('DELETE FROM notes WHERE size IN (SELECT max(size) FROM notes)')).failure, undefined);
  t.strictSame(await rows(), [
    [1, 'n1', 1, ''],
    [2, 'n2', 2, ''],
    [4, 'n1!', 1, ''],
    [5, 'n2!', 2, ''],
  ]);
  t.strictSame((await ask('SELECT last_insert_rowid()')).cells, [[0]], 'the next query knows nothing of it');
  t.strictSame((await ask("INSERT INTO notes (title, size, text) VALUES ('t', 0, '')")).failure, undefined);
  t.match((await ask("UPDATE notes SET title = 'u'")).failure, {
    reason: 'not_authorized',
    message: /UPDATE of title, another name of name/,
  });
  t.strictSame((await ask("SELECT title FROM notes WHERE name = 't'")).cells, [['t']]);
});

t.test('what the extension refuses fails the query in its words', async (t) => {
  const { ask, rows } = await open(t);
  const refused = async (text: string) => (await ask(`INSERT INTO notes VALUES ('a', 1, '${text}')`)).failure;
  const title = 'table notes of extension "double"';
  t.match(await refused('frozen'), {
    reason: 'table_error',
    message: `${title} refused the insert: readonly`,
  });
  t.match(await refused('taken'), { message: `${title} refused the insert: constraint: that text is taken` });
  t.match(await refused('broken'), { message: `${title} refused the insert: failure: the disk is full` });
  t.match(await refused('confused'), {
    message: `${title} refused the insert: failure: it answered status "perhaps"`,
  });
  const half = await ask("INSERT INTO notes VALUES ('a', 1, 'x'), ('b', 2, 'taken'), ('c', 3, 'y')");
  t.match(half.failure, { message: /that text is taken/ });
  t.strictSame(await rows(), [[5, 'a', 1, 'x']], 'what came before stays: there are no transactions');
  const ignored = await ask("INSERT OR IGNORE INTO notes VALUES ('b', 2, 'taken')");
  t.match(ignored.failure, { message: /that text is taken/ }, 'what is refused is not passed over');
});

t.test('values of the wrong type are a datatype mismatch, and nobody is asked', async (t) => {
  const { ask, requests } = await open(t);
  const wrong = [
    ["INSERT INTO notes VALUES ('a', 'one', 'x')", /datatype mismatch: column size of notes takes INTEGER/],
    ["INSERT INTO notes VALUES ('a', 1.5, 'x')", /datatype mismatch: column size/],
    ['INSERT INTO notes VALUES (7, 1, x)', /no such column: x/],
    ["INSERT INTO notes VALUES (7, 1, 'x')", /datatype mismatch: column name of notes takes TEXT/],
    ['INSERT INTO notes (size) VALUES (1)', /datatype mismatch: column name of notes may not be NULL/],
    ["INSERT INTO typed VALUES ('1', x'00', 'a')", /datatype mismatch: column d of typed takes DOUBLE/],
    ["INSERT INTO typed VALUES (1, x'00', NULL)", /datatype mismatch: column t of typed may not be NULL/],
  ] as const;
  for (const [sql, message] of wrong) t.match((await ask(sql)).failure, { message }, sql);
  t.strictSame(await requests(), []);
  t.equal((await ask("INSERT INTO typed VALUES (2.5, x'6162', 'a'), (1, 'cd', 'b')")).failure, undefined);
  t.match(await requests(), [{ json_value_array: '[2.5,"ab","a"]' }, { json_value_array: '[1,"cd","b"]' }]);
});

t.test('nothing else may be written', async (t) => {
  const { ask, requests, worker } = await open(t);
  const denied = [
    'INSERT INTO time (year) VALUES (1)',
    'UPDATE users SET uid = 0',
    'DELETE FROM processes',
    'DELETE FROM sqlite_master',
    'BEGIN',
    'COMMIT',
    'SAVEPOINT s',
    'CREATE TEMP TABLE t AS SELECT * FROM notes',
    'CREATE TEMP TRIGGER g AFTER INSERT ON notes BEGIN SELECT 1; END',
    'DROP TABLE notes',
    'DROP VIEW memos',
    'ALTER TABLE notes RENAME TO other',
    "INSERT INTO memos VALUES ('a', 1, 'x')",
    "INSERT INTO notes VALUES ('a', 1, 'x'); DELETE FROM processes",
    "INSERT INTO notes VALUES ('a', 1, 'x') ON CONFLICT DO NOTHING",
    'DELETE FROM notes RETURNING *',
    'UPDATE notes SET size = 1 RETURNING size',
  ];
  for (const sql of denied) t.match((await ask(sql)).failure?.reason, /not_authorized|sql_error/, sql);
  t.strictSame(await requests(), [], 'not even the statement before the one that is denied ran');
  worker.send({ type: 'detach', uuid: 7 });
  t.match((await ask("INSERT INTO notes VALUES ('a', 1, 'x')")).failure, {
    message: /no such table: notes: ext/,
  });
});

t.test('RETURNING gives what was inserted', async (t) => {
  const { ask } = await open(t);
  const { cells, failure } = await ask(
    "INSERT INTO notes VALUES ('a', 1, 'x'), ('b', 2, 'y') RETURNING name, size + 1",
  );
  t.equal(failure, undefined);
  t.strictSame(cells, [
    ['a', 2],
    ['b', 3],
  ]);
});

t.test('a pure worker prepares a write and asks nobody', async (t) => {
  const extension = await startTables(t, {
    notes: { columns: { name: text() }, conduct: { does: 'stores' } },
  });
  const worker = await workerWith(t, [extension.extension], 'pure');
  for (const sql of ["INSERT INTO notes VALUES ('a')", "UPDATE notes SET name = 'b'", 'DELETE FROM notes'])
    await t.rejects(worker.query(sql), /needs a worker of profile net/, sql);
  t.strictSame(await extension.calls(), []);
});
