import t from 'tap';
import { makeHome, runCommand, startDaemon, until } from './daemon-harness.ts';

/** One row of 3 MB, which takes many frames. */
const sql = "SELECT printf('%.*c', 3000000, 'x') AS long, 'é' AS short";
const row = { long: 'x'.repeat(3_000_000), short: 'é' };

t.test('a row that is longer than a frame reaches the log, a client and the shell whole', async (t) => {
  const home = makeHome({ schedule: { long: { query: sql, interval: 1 } } });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  t.strictSame(await daemon.ask(sql), [row]);
  await until(() => home.resultLines().length > 0);
  const [line = ''] = home.resultLines();
  t.match(JSON.parse(line), { name: 'long', columns: row, action: 'added' });
  const shell = await runCommand('leashi', ['--json', sql]);
  t.strictSame(JSON.parse(shell.stdout), [row]);
});
