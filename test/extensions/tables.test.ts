/** Tables of extensions in SQL: a real extension process, a real socket, a real worker. */
import t from 'tap';
import { type AttachedExtension, writeAttachment } from '../../protocol/extension/attachment.ts';
import { bigint, blob, double, integer, text, unsignedBigint } from '../../protocol/table.ts';
import { WorkerProcess } from '../workers/worker-process.ts';
import { contextOf, type DoubleTable, startTables, workerWith } from './table-harness.ts';

const people: DoubleTable = {
  columns: {
    id: integer({ index: true }),
    name: text({ additional: true, aliases: ['label'] }),
    age: bigint({ additional: true }),
    note: text(),
  },
  aliases: ['persons'],
  conduct: {
    does: 'filters',
    rows: [
      { id: '1', name: 'Ada', age: '36', note: 'ü' },
      { id: '2', name: 'Bob', age: '41' },
      { id: '3', name: 'Cy', age: '', note: '' },
    ],
  },
};

t.test('rows of an extension are rows like any other', async (t) => {
  const extension = await startTables(t, { people });
  const worker = await workerWith(t, [extension.extension]);
  const all = await worker.query('SELECT * FROM people');
  t.equal(all.failure, undefined);
  t.strictSame(all.reads, [7], 'it is told before the first row');
  t.strictSame(
    all.columns.map(({ name, type }) => [name, type]),
    [
      ['id', 'INTEGER'],
      ['name', 'TEXT'],
      ['age', 'BIGINT'],
      ['note', 'TEXT'],
    ],
  );
  t.strictSame(all.cells, [
    [1, 'Ada', 36, 'ü'],
    [2, 'Bob', 41, ''],
    [3, 'Cy', null, ''],
  ]);
  t.match(all.waits, { extensions: [{ uuid: 7, calls: 1 }] });
  t.ok(all.cost.read_bytes > 0, 'what came counts as read');
  t.strictSame((await worker.query('SELECT name, note FROM persons WHERE id = 2')).cells, [['Bob', '']]);
  t.strictSame((await worker.query("SELECT id, label FROM people WHERE label = 'Cy'")).cells, [[3, 'Cy']]);
  const builtIn = await worker.query('SELECT 1');
  t.strictSame([builtIn.reads, builtIn.waits], [[], undefined], 'a query without one says nothing of it');
});

t.test('what is asked for reaches the extension', async (t) => {
  const extension = await startTables(t, {
    people,
    words: {
      columns: { word: text({ index: true, optimized: true }), length: integer({ index: true }) },
      conduct: {
        does: 'filters',
        rows: [
          { word: 'a', length: '1' },
          { word: 'bc', length: '2' },
        ],
      },
    },
  });
  const worker = await workerWith(t, [extension.extension]);
  const asked = async (sql: string) => {
    const { cells, failure } = await worker.query(sql);
    t.equal(failure, undefined, sql);
    const calls = await extension.calls();
    return { cells, calls: calls.map(contextOf) };
  };
  t.strictSame(await asked("SELECT name FROM people WHERE id = 2 AND name LIKE 'B%' AND age > 40"), {
    cells: [['Bob']],
    calls: [{ constraints: { age: ['4 40'], id: ['2 2'], name: ['65 B%'] }, used: ['age', 'id', 'name'] }],
  });
  t.strictSame(await asked("SELECT count(*) FROM people WHERE name GLOB '[AB]*'"), {
    cells: [[2]],
    calls: [{ constraints: { name: ['66 [AB]*'] }, used: ['name'] }],
  });
  t.strictSame(await asked('SELECT count(*) FROM people'), {
    cells: [[3]],
    calls: [{ constraints: {}, used: [] }],
  });
  t.strictSame(await asked('SELECT id FROM people WHERE age BETWEEN 36 AND 40'), {
    cells: [[1]],
    calls: [{ constraints: { age: ['32 36', '8 40'] }, used: ['age', 'id'] }],
  });
  t.strictSame(
    await asked("SELECT id FROM people WHERE note = 'ü'"),
    { cells: [[1]], calls: [{ constraints: {}, used: ['id', 'note'] }] },
    'a column without options stays SQLite’s',
  );
  t.strictSame(
    await asked("SELECT word FROM words WHERE word IN ('bc', 'a', 'x')"),
    {
      cells: [['a'], ['bc']],
      calls: [{ constraints: { word: ['2 a', '2 bc', '2 x'] }, used: ['word'] }],
    },
    'an IN list of an optimized column comes at once',
  );
  t.strictSame(
    await asked('SELECT word FROM words WHERE length IN (2, 1)'),
    {
      cells: [['a'], ['bc']],
      calls: [
        { constraints: { length: ['2 1'] }, used: ['length', 'word'] },
        { constraints: { length: ['2 2'] }, used: ['length', 'word'] },
      ],
    },
    'of others a value at a time',
  );
  t.strictSame(
    await asked("SELECT id FROM people WHERE name = 'Ada' OR age = 41 ORDER BY id"),
    {
      cells: [[1], [2]],
      calls: [
        { constraints: { name: ['2 Ada'] }, used: ['age', 'id', 'name'] },
        { constraints: { age: ['2 41'] }, used: ['age', 'id', 'name'] },
      ],
    },
    'branches of an OR do not lose each other’s rows',
  );
  const none = await worker.query('SELECT * FROM people WHERE id = NULL');
  t.strictSame([none.cells, none.waits], [[], undefined], 'what no row can satisfy is not asked');
});

t.test('joins push what they know into the extension', async (t) => {
  const first = await startTables(t, { people }, { name: 'first', uuid: 1 });
  const second = await startTables(
    t,
    {
      pets: {
        columns: { owner: integer({ required: true }), pet: text() },
        conduct: {
          does: 'filters',
          rows: [
            { owner: '1', pet: 'cat' },
            { owner: '2', pet: 'dog' },
            { owner: '2', pet: 'eel' },
          ],
        },
      },
    },
    { name: 'second', uuid: 2 },
  );
  const worker = await workerWith(t, [first.extension, second.extension]);
  const joined = await worker.query(
    'SELECT name, pet FROM people JOIN pets ON pets.owner = people.id WHERE age > 40',
  );
  t.equal(joined.failure, undefined);
  t.strictSame(joined.cells, [
    ['Bob', 'dog'],
    ['Bob', 'eel'],
  ]);
  t.strictSame(joined.reads.toSorted(), [1, 2]);
  t.match(
    joined.waits?.extensions.map(({ uuid, calls }) => [uuid, calls]),
    [
      [1, 1],
      [2, 1],
    ],
  );
  t.match(contextOf((await second.calls())[0]), { constraints: { owner: ['2 2'] } });
  t.match((await worker.query('SELECT * FROM pets')).failure, {
    reason: 'missing_required',
    message: /Table pets .* it needs "owner"/,
  });
  const withOurs = await worker.query(
    'SELECT pet, (SELECT count(*) FROM time) FROM pets WHERE owner IN (SELECT id FROM people WHERE id = 1)',
  );
  t.strictSame(withOurs.cells, [['cat', 1]]);
});

t.test('cells have the type of their column', async (t) => {
  const extension = await startTables(t, {
    cells: {
      columns: {
        i: integer(),
        b: bigint(),
        u: unsignedBigint(),
        d: double(),
        t: text(),
        x: blob(),
        missing: integer(),
        empty: text(),
      },
      conduct: {
        does: 'rows',
        rows: [
          {
            i: '-7',
            b: '9223372036854775807',
            u: '18',
            d: '2.5e3',
            t: '007',
            x: { base64: Buffer.from([0, 255, 254, 34]).toString('base64') },
          },
          { i: 'seven', b: '9223372036854775808', u: '-1', d: 'wide', t: '', x: '', other: 'is passed over' },
          { i: '0x10', b: '', u: '', d: '', t: 'a', x: 'text', missing: '', empty: '' },
        ],
      },
    },
  });
  const worker = await workerWith(t, [extension.extension]);
  t.strictSame((await worker.query('SELECT * FROM cells')).cells, [
    [
      -7,
      { int: '9223372036854775807' },
      18,
      { real: 2500 },
      '007',
      { blob: Buffer.from([0, 255, 254, 34]).toString('base64') },
      null,
      '',
    ],
    [null, null, null, null, '', { blob: '' }, null, ''],
    [16, null, null, null, 'a', { blob: Buffer.from('text').toString('base64') }, null, ''],
  ]);
});

t.test('options of columns hold', async (t) => {
  const extension = await startTables(t, {
    files: {
      columns: {
        name: text({ index: true, collate: 'NOCASE' }),
        version: text({ collate: 'VERSION' }),
        secret: text({ hidden: true }),
      },
      conduct: {
        does: 'rows',
        rows: [
          { name: 'A', version: '1.10', secret: 's' },
          { name: 'b', version: '1.9', secret: 't' },
        ],
      },
    },
  });
  const worker = await workerWith(t, [extension.extension]);
  t.strictSame((await worker.query('SELECT * FROM files ORDER BY version')).cells, [
    ['b', '1.9'],
    ['A', '1.10'],
  ]);
  t.strictSame((await worker.query("SELECT secret FROM files WHERE name = 'a'")).cells, [['s']]);
});

t.test('a row tells its number, or its place is its number', async (t) => {
  const extension = await startTables(t, {
    numbered: {
      columns: { n: integer() },
      conduct: {
        does: 'rows',
        rows: [
          { n: '1', rowid: '-5' },
          { n: '2', rowid: '9007199254740993' },
        ],
      },
    },
    placed: {
      columns: { n: integer({ index: true }) },
      conduct: { does: 'rows', rows: [{ n: '8' }, { n: '9' }] },
    },
  });
  const worker = await workerWith(t, [extension.extension]);
  t.strictSame((await worker.query('SELECT rowid FROM numbered')).cells, [
    [-5],
    [{ int: '9007199254740993' }],
  ]);
  t.strictSame((await worker.query('SELECT rowid, n FROM placed')).cells, [
    [0, 8],
    [1, 9],
  ]);
});

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
