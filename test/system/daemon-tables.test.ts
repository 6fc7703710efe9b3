import { spawnSync } from 'node:child_process';
import t from 'tap';
import { makeHome, startDaemon } from './daemon-harness.ts';

t.test('osquery_info is that of the process that ps shows', async (t) => {
  const home = makeHome({});
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  const sql =
    'SELECT i.pid, i.watcher, p.cmdline, i.start_time >= p.start_time - 1 AS begun FROM osquery_info i JOIN processes p USING (pid)';
  const pid = String(daemon.pid);
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'args=', '-p', pid], { encoding: 'utf8' });
  t.strictSame(await daemon.ask(sql), [{ pid, watcher: pid, cmdline: stdout.trim(), begun: '1' }]);
  const own = "SELECT registry, name, active FROM osquery_registry WHERE registry != 'table' ORDER BY 1";
  t.strictSame(await daemon.ask(own), [
    { registry: 'config', name: 'filesystem', active: '1' },
    { registry: 'logger', name: 'filesystem', active: '1' },
  ]);
});
