import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { nodeClock } from '../../platform/node/clock.ts';
import { lazyExtensionClient } from '../../platform/node/thrift/lazy-extension-client.ts';
import { controlLimits } from '../../protocol/extension/wire-limits.ts';
import { makeHome, startDaemon, until } from './daemon-harness.ts';

const sql = "SELECT 1 AS a, 'x' AS b; SELECT 2 AS c WHERE 0; SELECT NULL AS c";
/** In the texts of logs and extensions NULL is an empty text. */
const rows = [{ a: '1', b: 'x' }, { c: '' }];

t.test('a row has the columns of its own statement, wherever it goes', async (t) => {
  const home = makeHome({
    decorators: { load: ['SELECT 1 AS one WHERE 0; SELECT 2 AS two; SELECT 3 AS three'] },
    schedule: { changes: { query: sql, interval: 1 }, all: { query: sql, interval: 1, snapshot: true } },
  });
  t.teardown(() => home.remove());
  const socket = join(home.state, 'others.em');
  const daemon = await startDaemon(home, [`--extensions_socket=${socket}`]);
  t.teardown(() => daemon.end('SIGKILL'));
  await until(() => home.resultLines().length > 1);
  t.match(
    home.resultLines().map((line) => JSON.parse(line)),
    [
      { name: 'changes', action: 'added', counter: 0, decorations: { two: '2' } },
      { name: 'changes', action: 'added', counter: 0, decorations: { two: '2' } },
    ],
  );
  t.strictSame(
    home.resultLines().map((line) => (JSON.parse(line) as { columns: object }).columns),
    rows,
  );
  await until(() => home.resultLines('snapshots').length > 0);
  const [snapshot = ''] = home.resultLines('snapshots');
  t.strictSame((JSON.parse(snapshot) as { snapshot: object }).snapshot, rows);

  t.strictSame(await daemon.ask(sql), rows, 'a client');
  t.equal(
    (await daemon.command('query', sql)).stdout,
    '+---+---+\n| a | b |\n+---+---+\n| 1 | x |\n+---+---+\n+---+\n| c |\n+---+\n|   |\n+---+\n',
    'a box for each statement that has rows',
  );
  await until(() => existsSync(socket));
  const answer = await lazyExtensionClient(nodeClock).call(
    socket,
    { method: 'query', sql },
    { deadline_ms: 60_000, limits: controlLimits },
  );
  t.match(answer, { ok: true });
  t.strictSame(
    answer.ok && answer.value.response.map((row) => Object.fromEntries(row)),
    rows,
    'a client of the manager of extensions',
  );
});
