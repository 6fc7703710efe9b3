/** By which names tables of extensions are there, and when: a real extension process, a real socket, a real worker. */
import t from 'tap';
import { type AttachedExtension, writeAttachment } from '../../protocol/extension/attachment.ts';
import { integer, text } from '../../protocol/table.ts';
import { WorkerProcess } from '../workers/worker-process.ts';
import { people } from './people-table.ts';
import { startTables, workerWith } from './table-harness.ts';

t.test('names may be words of SQL and have spaces', async (t) => {
  const extension = await startTables(t, {
    select: {
      columns: { 'a b': text({ index: true }), '1': integer(), from: text(), constructor: text() },
      aliases: ['order by'],
      conduct: { does: 'filters', rows: [{ 'a b': 'x', '1': '1', from: 'y' }] },
    },
  });
  const worker = await workerWith(t, [extension.extension]);
  t.strictSame((await worker.query('SELECT "a b", "from", "constructor" FROM "select"')).cells, [
    ['x', 'y', ''],
  ]);
  t.strictSame((await worker.query(`SELECT "1" FROM "order by" WHERE "a b" = 'x'`)).cells, [[1]]);
  const listed = "SELECT sql FROM sqlite_temp_master WHERE name = 'select'";
  t.strictSame((await worker.query(listed)).cells, [
    [
      'CREATE VIRTUAL TABLE select USING select(`1` INTEGER, `a b` TEXT, `from` TEXT, `constructor` TEXT, PRIMARY KEY (`a b`))',
    ],
  ]);
});

t.test('a table that the flags leave out is not there, its neighbour is', async (t) => {
  const { extension } = await startTables(t, { people, others: people });
  const worker = await WorkerProcess.ready('net', { enabled: [], disabled: ['people'] });
  t.teardown(() => void worker.child.kill('SIGKILL'));
  worker.send({ type: 'attach', extension: writeAttachment(extension, 0) });
  t.strictSame((await worker.query('SELECT id FROM others WHERE id = 1')).cells, [[1]]);
  t.match(await worker.query('SELECT id FROM people'), {
    failure: { message: 'no such table: people: --disable_tables leaves it out' },
  });
  worker.send({ type: 'detach', uuid: extension.uuid });
  t.match((await worker.query('SELECT id FROM others')).failure, { message: /is not registered/ });
});

t.test('extensions come and go between queries', async (t) => {
  const first = await startTables(t, { people }, { name: 'first', uuid: 1 });
  const conduct = { does: 'rows', rows: [{ id: 'new' }] } as const;
  const second = await startTables(
    t,
    { people: { columns: { id: text() }, aliases: ['persons'], conduct } },
    { name: 'second', uuid: 2 },
  );
  for (const profile of ['pure', 'net'] as const) {
    const worker = await workerWith(t, [], profile);
    const ask = async (sql: string): Promise<unknown> => {
      if (profile === 'net') {
        const { failure, cells } = await worker.query(sql);
        return failure?.message ?? cells;
      }
      try {
        return (await worker.query(sql)).failure?.message;
      } catch (error) {
        return String(error);
      }
    };
    const needsNet = 'Error: the query needs a worker of profile net';
    t.equal(await ask('SELECT id FROM people'), 'no such table: people');
    worker.send({ type: 'attach', extension: writeAttachment(first.extension, 0) });
    const ofFirst = await ask('SELECT id FROM persons WHERE id = 1');
    t.strictSame(ofFirst, profile === 'net' ? [[1]] : needsNet);
    worker.send({ type: 'detach', uuid: 1 });
    for (const name of ['people', 'persons']) {
      t.equal(
        await ask(`SELECT id FROM ${name}`),
        `no such table: ${name}: extension "first", which brought it, is not registered at the moment`,
      );
    }
    worker.send({ type: 'attach', extension: writeAttachment(second.extension, 0) });
    t.strictSame(await ask('SELECT id FROM people'), profile === 'net' ? [['new']] : needsNet);
    t.strictSame(await ask('SELECT id FROM persons'), profile === 'net' ? [['new']] : needsNet);
    worker.send({ type: 'attach', extension: writeAttachment({ ...first.extension, uuid: 2 }, 0) });
    t.strictSame(await ask('SELECT id FROM people WHERE id = 3'), profile === 'net' ? [[3]] : needsNet);
    worker.send({ type: 'detach', uuid: 99 });
    t.strictSame(await ask('SELECT 1'), profile === 'net' ? [[1]] : undefined);
  }
});

t.test(
  'a table that is away alone: its neighbour answers, its names stay taken, and it comes back',
  async (t) => {
    const conduct = { does: 'rows', rows: [{ id: '1' }] } as const;
    const table = { columns: { id: text() }, conduct };
    const { extension } = await startTables(
      t,
      { here: table, People: { ...table, aliases: ['persons'] } },
      { name: 'first', uuid: 1 },
    );
    const worker = await workerWith(t, [extension]);
    const tell = (message: AttachedExtension): void => {
      worker.send({ type: 'detach', uuid: message.uuid });
      worker.send({ type: 'attach', extension: writeAttachment(message, 0) });
    };
    const listed = 'SELECT name FROM osquery_registry WHERE owner_uuid > 0 ORDER BY name';
    const since_unix_ms = Date.UTC(2026, 1, 3, 4, 5, 6);
    const away = [{ names: ['People', 'persons'], since_unix_ms }];
    const tables = extension.tables.filter(({ name }) => name === 'here');
    tell({ ...extension, tables, away });
    t.strictSame((await worker.query('SELECT id FROM here')).cells, [['1']]);
    for (const name of ['people', 'PERSONS']) {
      t.match((await worker.query(`SELECT id FROM ${name}`)).failure, {
        reason: 'sql_error',
        message: `no such table: ${name}: extension "first", which brought it, does not answer for it any more (since 2026-02-03T04:05:06.000Z); it is back when the extension does, or is restarted`,
      });
    }
    t.strictSame((await worker.query(listed)).cells, [['here']]);
    const second = { ...extension, uuid: 2, name: 'second', path: '/nowhere' };
    worker.send({ type: 'attach', extension: writeAttachment(second, 0) });
    t.match((await worker.query('SELECT id FROM persons')).failure, { message: /extension "first"/ });
    worker.send({ type: 'detach', uuid: 2 });
    tell(extension);
    t.strictSame((await worker.query('SELECT id FROM persons')).cells, [['1']]);
    t.strictSame((await worker.query(listed)).cells, [['People'], ['here']]);
    tell({ ...extension, tables, away });
    worker.send({ type: 'detach', uuid: 1 });
    t.match((await worker.query('SELECT id FROM people')).failure, {
      message: /extension "first", which brought it, is not registered at the moment/,
    });
  },
);

t.test('under its other name a table has its hidden columns, and its other names of columns', async (t) => {
  const extension = await startTables(t, { people });
  const worker = await workerWith(t, [extension.extension]);
  const sql = 'SELECT label, (SELECT count(*) FROM persons p WHERE p.id = q.id) FROM persons q WHERE id = 1';
  const { failure, reads } = await worker.query(sql);
  t.strictSame([failure, reads], [undefined, [7]]);
});

t.test('no extension takes the place of another table', async (t) => {
  const conduct = { does: 'rows', rows: [{ n: 'false' }] } as const;
  const columns = { n: text() };
  const bad = await startTables(
    t,
    {
      Time: { columns, conduct },
      json_each: { columns, conduct },
      pragma_table_info: { columns, conduct },
      mine: { columns, aliases: ['users', 'MINE', 'fine', 'fine'], conduct },
    },
    { name: 'bad', uuid: 1 },
  );
  const late = await startTables(t, { MINE: { columns, conduct }, FINE: { columns, conduct } }, { uuid: 2 });
  const worker = await workerWith(t, [bad.extension, late.extension]);
  t.strictSame((await worker.query('SELECT count(*), min(year) > 2000 FROM time')).cells, [[1, 1]]);
  t.strictSame((await worker.query("SELECT value FROM json_each('[5]')")).cells, [[5]]);
  t.equal((await worker.query('SELECT count(*) FROM users')).reads.length, 0);
  t.strictSame((await worker.query('SELECT name FROM pragma_table_info("mine")')).cells, [['n']]);
  t.strictSame((await worker.query('SELECT * FROM mine, fine')).reads, [1], 'what is free is theirs');
});
