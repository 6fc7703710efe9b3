/** Tables of extensions in SQL: a real extension process, a real socket, a real worker. */
import t from 'tap';
import { bigint, blob, double, integer, text, unsignedBigint } from '../../protocol/table.ts';
import { people } from './people-table.ts';
import { contextOf, startTables, workerWith } from './table-harness.ts';

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
