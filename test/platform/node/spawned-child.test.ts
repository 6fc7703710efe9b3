import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';

const fixture = join(import.meta.dirname, '../../fixtures/out-of-descriptors.ts');

t.test('a process that cannot be started for want of descriptors is a failure like any other', async (t) => {
  const { stdout, stderr } = spawnSync(
    '/bin/sh',
    ['-c', 'ulimit -n 64; exec "$0" "$1"', process.execPath, fixture],
    {
      encoding: 'utf8',
    },
  );
  t.equal(stderr, '');
  const notStarted = {
    ok: false,
    error: { reason: 'spawn_failed', message: /too many open files.*ulimit -n/ },
  };
  t.match(JSON.parse(stdout), { worker: notStarted, channel: notStarted, later: true });
  t.match(JSON.parse(stdout), { selfTest: { ok: false, error: { reason: 'not_run', message: /EMFILE/ } } });
});
