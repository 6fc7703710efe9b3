/** Extensions that hang, die, flood and send what is no answer: the query fails in words, the worker lives. */
import { join } from 'node:path';
import t from 'tap';
import { type Attachment, writeAttachment } from '../../protocol/extension/attachment.ts';
import type { TableRoute } from '../../protocol/extension/table-route.ts';
import { integer, text } from '../../protocol/table.ts';
import { scratch } from './sockets.ts';
import type { Conduct } from './table-conduct.ts';
import { type DoubleTable, startTables, workerWith } from './table-harness.ts';

const table = (conduct: Conduct): DoubleTable => ({
  columns: { n: integer({ index: true }), text: text() },
  conduct,
});
const routeOf = (name: string): TableRoute => ({
  name,
  columns: [{ name: 'n', column: integer() }],
  aliases: [],
  attributes: new Set(),
});
const good = table({ does: 'rows', rows: [{ n: '1', text: 'good' }] });

t.test('a call that does not end ends with the time of its query', async (t) => {
  for (const does of ['hangs', 'drips'] as const) {
    const extension = await startTables(t, { slow: table({ does }), good });
    const worker = await workerWith(t, [extension.extension]);
    const { failure, waits, lasting } = await worker.query('SELECT count(*) FROM slow', { wall_ms: 1_000 });
    t.match(lasting, [{ standing: { uuid: 7 } }], 'told before the end, once');
    t.match(failure, { reason: 'limit', limit: 'wall_ms' }, does);
    t.match(waits, { extensions: [{ uuid: 7, calls: 1 }], standing: { uuid: 7 } });
    t.ok((waits?.standing?.waited_ms ?? 0) >= 500, 'most of it was the extension’s');
    await extension.called();
    await extension.closed();
    t.strictSame((await worker.query('SELECT text FROM good')).cells, [['good']], 'the worker lives');
  }
});

t.test('one that does not answer a ping is not asked', async (t) => {
  const extension = await startTables(t, { good }, { silent: true });
  const worker = await workerWith(t, [extension.extension]);
  const { failure, waits } = await worker.query('SELECT * FROM good', { wall_ms: 300 });
  t.match(failure, { reason: 'limit', limit: 'wall_ms' });
  t.match(waits?.standing, { uuid: 7 });
  t.strictSame(await extension.calls(), []);
});

t.test('what is no answer fails the query and names extension and table', async (t) => {
  const conducts: readonly (readonly [Conduct, RegExp])[] = [
    [{ does: 'garbage' }, /is no answer to the call/],
    [{ does: 'rows_of_text' }, /is no answer to the call/],
    [{ does: 'fails', code: 1, message: 'no luck today' }, /it answers status 1: no luck today/],
    [{ does: 'fails', code: 77, message: '' }, /it answers status 77/],
    [{ does: 'fails', code: 1, message: 'x'.repeat(3 << 20) }, /it answers status 1: x{900,1000}…$/],
    [{ does: 'dies_mid_row' }, /hung up before it answered/],
    [{ does: 'dies' }, /hung up before it answered/],
  ];
  for (const [conduct, words] of conducts) {
    const extension = await startTables(t, { odd: table(conduct), good }, { name: 'an "odd" one' });
    const worker = await workerWith(t, [extension.extension]);
    const { failure } = await worker.query('SELECT * FROM odd');
    t.match(failure, { reason: 'table_error', message: words }, conduct.does);
    t.match(failure?.message, /^table odd of extension "an \\"odd\\" one" failed: /);
    if (!conduct.does.startsWith('dies'))
      t.strictSame((await worker.query('SELECT text FROM good')).cells, [['good']]);
    await extension.kill();
    t.match((await worker.query('SELECT text FROM good')).failure, {
      reason: 'table_error',
      message: /^table good of extension .* failed: nobody listens on /,
    });
    t.strictSame((await worker.query('SELECT 1')).cells, [[1]]);
  }
});

t.test('an extension whose socket never was', async (t) => {
  const worker = await workerWith(t, [
    { uuid: 3, name: 'gone', path: join(scratch(t), 'em.3'), socketDueAt_ms: 0, tables: [], away: [] },
    {
      uuid: 4,
      name: 'long',
      path: `/${'x'.repeat(200)}`,
      socketDueAt_ms: 60_000,
      tables: [routeOf('far')],
      away: [],
    },
  ]);
  t.match((await worker.query('SELECT * FROM far')).failure, {
    reason: 'table_error',
    message: /is longer than 107 bytes/,
  });
});

t.test('a flood ends at what its query may read, and is not read further than it is wanted', async (t) => {
  const extension = await startTables(t, {
    flood: table({ does: 'counts', count: 10_000_000 }),
    wide: table({ does: 'counts', count: 400_000 }),
    thousand: table({ does: 'counts', count: 1_000 }),
    good,
  });
  const worker = await workerWith(t, [extension.extension]);
  const some = await worker.query('SELECT n FROM flood LIMIT 3');
  t.strictSame(some.cells, [[0], [1], [2]]);
  t.ok(some.cost.read_bytes < 2 ** 20, `${some.cost.read_bytes} bytes were read for it`);
  await extension.called();
  await extension.closed();
  const declared = await worker.query('SELECT count(*) FROM flood', { read_mb: 3 });
  t.match(declared.failure, { reason: 'table_error', message: /10000000 items do not fit/ });
  t.ok(declared.cost.read_bytes < 2 ** 17, 'what is declared is not waited for');
  const sent = await worker.query('SELECT count(*) FROM wide', { read_mb: 3 });
  t.match(sent.failure, {
    reason: 'table_error',
    message: /wide of extension "double" failed: .* too large/,
  });
  t.ok(sent.cost.read_bytes <= 3 * 2 ** 20);
  const rows = await worker.query('SELECT n FROM flood', { rows: 10_000 });
  t.match(rows.failure, { reason: 'limit', limit: 'rows' });
  const bytes = await worker.query('SELECT hex(zeroblob(9000)) FROM thousand', { result_mb: 1 });
  t.match(bytes.failure, { reason: 'limit', limit: 'result_mb' });
  t.strictSame((await worker.query('SELECT text FROM good')).cells, [['good']]);
});

t.test('many small answers add up', async (t) => {
  const extension = await startTables(t, {
    thousand: table({ does: 'counts', count: 1000 }),
  });
  const worker = await workerWith(t, [extension.extension]);
  const { failure } = await worker.query(
    "SELECT count(*) FROM json_each('[1,2,3,4,5,6,7,8,9]') ids CROSS JOIN thousand ON thousand.n = ids.value",
    { read_mb: 0.1 },
  );
  t.match(failure, { reason: 'limit', limit: 'read_mb' });
});

t.test('rows pass through and do not collect', async (t) => {
  const count = 100_000;
  const extension = await startTables(t, { many: table({ does: 'counts', count }) });
  const worker = await workerWith(t, [extension.extension]);
  const wide = `text || '${'.'.repeat(600)}'`;
  const { failure, cells, cost } = await worker.query(`SELECT n, ${wide} FROM many`, { result_mb: 64 });
  t.equal(failure, undefined);
  t.equal(cells.length, count);
  t.strictSame(cells.at(-1), [count - 1, `row ${count - 1}${'.'.repeat(600)}`]);
  t.ok(cost.result_bytes > 56 * 2 ** 20, 'close to the cap of the result');
  t.ok(cost.memory_bytes < 48 * 2 ** 20, `${cost.memory_bytes} bytes of memory for it`);
});

t.test('one that serves a connection at a time is joined with itself', async (t) => {
  const rows = [
    { n: '1', text: 'one' },
    { n: '2', text: 'two' },
  ];
  const extension = await startTables(
    t,
    {
      left: table({ does: 'rows', rows }),
      right: table({ does: 'filters', rows }),
      long: table({ does: 'counts', count: 20_000 }),
    },
    { oneAtATime: true },
  );
  const worker = await workerWith(t, [extension.extension]);
  const joined = await worker.query('SELECT l.text, r.text FROM left l CROSS JOIN right r ON r.n = l.n');
  t.equal(joined.failure, undefined);
  t.strictSame(joined.cells, [
    ['one', 'one'],
    ['two', 'two'],
  ]);
  const long = await worker.query(
    'SELECT count(*), sum(l.n) FROM long l CROSS JOIN right r ON r.n = 2 WHERE l.n < 2 OR l.n > 19997',
  );
  t.equal(long.failure, undefined, 'rows that are not read yet are read first');
  t.strictSame(long.cells, [[4, 1 + 19_998 + 19_999]]);
});

t.test('one that hangs up after each answer', async (t) => {
  const extension = await startTables(t, { good }, { closes: true });
  const worker = await workerWith(t, [extension.extension]);
  const { cells } = await worker.query('SELECT a.text, b.text FROM good a, good b');
  t.strictSame(cells, [['good', 'good']]);
});

t.test('one that registers first and listens then is waited for', async (t) => {
  const worker = await workerWith(t, []);
  const ask = (name: string): ReturnType<typeof worker.query> => worker.query(`SELECT * FROM ${name}`);
  let asked: ReturnType<typeof worker.query> | undefined;
  await startTables(
    t,
    { good },
    {
      early: (extension) => {
        const attachment = writeAttachment({ ...extension, socketDueAt_ms: 60_000 }, 0);
        worker.send({ type: 'attach', extension: attachment });
        asked = ask('good');
      },
    },
  );
  t.match(await asked, { failure: undefined, cells: [[1, 'good']], waits: { extensions: [{ uuid: 7 }] } });
  const never = (uuid: number, name: string, socketDueAt_ms: number): Attachment =>
    writeAttachment(
      { uuid, name, path: join(scratch(t), `em.${uuid}`), socketDueAt_ms, tables: [routeOf(name)], away: [] },
      0,
    );
  worker.send({ type: 'attach', extension: never(8, 'soon', 100) });
  t.match((await ask('soon')).failure, { reason: 'table_error', message: /nobody listens/ }, 'not for long');
  worker.send({ type: 'attach', extension: never(9, 'later', 600_000) });
  const late = await worker.query('SELECT * FROM later', { wall_ms: 500 });
  t.match(late.failure, { reason: 'limit', limit: 'wall_ms' }, 'and not beyond the time of its query');
  t.strictSame((await ask('good')).cells, [[1, 'good']], 'the worker lives');
});
