import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { defineTable, integer, text } from '../../../protocol/table.ts';
import { openEngine } from '../harness.ts';
import { openNetEngine } from './net-harness.ts';

const columns = { n: integer({ index: true }), name: text() };

/** Rows that come one by one, each in a turn of the loop of its own. */
const stream = defineTable({
  name: 'stream',
  description: 'Rows as they come.',
  needs: 'net',
  columns,
  async *generate() {
    for (let n = 1; n <= 5; n += 1) {
      await turn();
      yield { n, name: `row ${n}` };
    }
  },
});

/** All rows at once; what was asked for is noted. */
const asked: (readonly string[] | undefined)[] = [];
const batch = defineTable({
  name: 'batch',
  description: 'All rows at once.',
  needs: 'net',
  columns,
  async generate(query) {
    asked.push(query.equals('n'));
    await turn();
    const wanted = (query.equals('n') ?? ['1', '2', '3']).map(Number).filter((n) => n <= 3);
    return wanted.map((n) => ({ n, name: `batch ${n}` }));
  },
});

/** Never answers; notes whether it was told to stop. */
let returned = 0;
const hanging = defineTable({
  name: 'hanging',
  description: 'Never answers.',
  needs: 'net',
  columns,
  generate() {
    const forever: AsyncIterator<{ n: number }> = {
      next: () => new Promise(() => {}),
      return: () => {
        returned += 1;
        return Promise.resolve({ done: true, value: undefined });
      },
    };
    return { [Symbol.asyncIterator]: () => forever };
  },
});

const breaking = defineTable({
  name: 'breaking',
  description: 'Breaks off after two rows.',
  needs: 'net',
  columns,
  async *generate() {
    yield { n: 1 };
    await turn();
    yield { n: 2 };
    throw new Error('the peer hung up');
  },
});

const plain = defineTable({
  name: 'plain',
  description: 'A synchronous table.',
  columns,
  generate: () => [
    { n: 2, name: 'two' },
    { n: 3, name: 'three' },
  ],
});

const tables = [stream, batch, hanging, breaking, plain];

t.test('rows of asynchronous tables come one by one or at once, typed and in order', async (t) => {
  const { ask } = await openNetEngine(tables);
  const answer = await ask('SELECT n, name FROM stream');
  t.equal(answer.failure, undefined);
  t.strictSame(
    answer.cells,
    [1, 2, 3, 4, 5].map((n) => [n, `row ${n}`]),
  );
  t.match(answer.columns, [
    { name: 'n', type: 'INTEGER' },
    { name: 'name', type: 'TEXT' },
  ]);
  t.strictSame((await ask('SELECT name FROM batch')).cells, [['batch 1'], ['batch 2'], ['batch 3']]);
  t.strictSame((await ask('SELECT count(*) FROM stream; SELECT n FROM plain')).cells, [[5], [2], [3]]);
});

t.test('joins push constraints into an asynchronous table', async (t) => {
  const { ask } = await openNetEngine(tables);
  asked.length = 0;
  const { cells } = await ask('SELECT batch.name FROM plain CROSS JOIN batch USING (n)');
  t.strictSame(cells, [['batch 2'], ['batch 3']]);
  t.strictSame(asked, [['2'], ['3']]);
});

t.test(
  'two asynchronous tables in one statement, in views, subqueries, EXISTS, unions and recursions',
  async (t) => {
    const { ask } = await openNetEngine(tables);
    const cases: readonly (readonly [string, unknown])[] = [
      ['SELECT count(*) FROM stream JOIN batch USING (n)', [[3]]],
      [
        'SELECT s.n, (SELECT name FROM batch WHERE batch.n = s.n) FROM stream s WHERE s.n < 3',
        [
          [1, 'batch 1'],
          [2, 'batch 2'],
        ],
      ],
      ['SELECT n FROM plain WHERE EXISTS (SELECT 1 FROM stream WHERE stream.n = plain.n)', [[2], [3]]],
      ['SELECT n FROM plain WHERE n IN (SELECT n FROM batch WHERE n = 3)', [[3]]],
      ['WITH v AS MATERIALIZED (SELECT n * 2 AS d FROM stream) SELECT sum(d) FROM v', [[30]]],
      ['SELECT n FROM stream UNION SELECT n FROM batch ORDER BY n DESC LIMIT 2', [[5], [4]]],
      [
        'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT r.n + 1 FROM r JOIN stream s ON s.n = r.n) SELECT count(*) FROM r',
        [[6]],
      ],
      ['SELECT group_concat(name) FROM (SELECT name FROM batch LIMIT 2)', [['batch 1,batch 2']]],
    ];
    for (const [sql, cells] of cases) {
      const answer = await ask(sql);
      t.equal(answer.failure, undefined, sql);
      t.strictSame(answer.cells, cells, sql);
    }
  },
);

t.test('a peer that hangs ends at the deadline, its scan is left, and the engine goes on', async (t) => {
  const { ask, engine } = await openNetEngine(tables);
  let looks = 0;
  const answer = await ask('SELECT * FROM plain JOIN hanging', {
    budget: { wall_ms: 120 },
    stillWanted: () => {
      looks += 1;
    },
  });
  t.match(answer.failure, { reason: 'limit', limit: 'wall_ms' });
  t.ok(answer.wall_ms >= 120 && answer.wall_ms < 1_000, `${answer.wall_ms} ms`);
  t.ok(looks > 1, 'it was looked at while it waited');
  t.equal(returned, 1);
  t.ok(answer.over.aborted);
  t.notOk(engine.broken);
  t.strictSame((await ask('SELECT n FROM stream LIMIT 1')).cells, [[1]]);
});

t.test('an error in the middle of rows fails the run and names the table', async (t) => {
  const { ask } = await openNetEngine(tables);
  const answer = await ask('SELECT n FROM breaking');
  t.match(answer.failure, { reason: 'table_error', message: 'table breaking failed: the peer hung up' });
  t.equal(answer.rows, 2);
  t.strictSame((await ask('SELECT count(*) FROM stream')).cells, [[5]]);
});

t.test('caps hold', async (t) => {
  const { ask } = await openNetEngine(tables);
  t.match((await ask('SELECT n FROM stream', { budget: { rows: 2 } })).failure, { limit: 'rows' });
  const product = Array.from({ length: 12 }, (_, at) => `batch b${at}`).join(', ');
  const burning = await ask(`SELECT count(*) FROM ${product}`, { budget: { cpu_ms: 100 } });
  t.match(burning.failure, { limit: 'cpu_ms' });
});

t.test('without the profile such a statement is prepared and nothing runs', async (t) => {
  const { ask } = await openEngine(tables);
  asked.length = 0;
  t.match(ask('SELECT * FROM batch'), { needsNet: true, failure: undefined, rows: 0, columns: undefined });
  t.match(ask('SELECT n FROM plain; SELECT n FROM stream'), { needsNet: true, rows: 0 });
  t.strictSame(asked, []);
  t.match(ask('SELECT nothing FROM stream'), { needsNet: false, failure: { reason: 'sql_error' } });
  t.match(ask('SELECT n FROM plain'), { needsNet: false, failure: undefined, rows: 2 });
});
