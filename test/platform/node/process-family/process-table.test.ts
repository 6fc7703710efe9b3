import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { openProcessTable } from '../../../../platform/node/process-family/process-table.ts';
import { identify } from '../../../../platform/node/process-identity.ts';

t.test('who asks at the same time shares a look; who needs a new one gets it', async (t) => {
  const table = openProcessTable();
  const [one, two] = [table.recent(), table.recent()];
  t.equal(one, two);
  const other = table.fresh();
  t.not(other, one);
  t.equal(table.recent(), other, 'the newest is shared');
  const [first, last] = [await one, await other];
  t.ok(first.at_ms <= last.at_ms && last.at_ms <= performance.now());
  // However quick or slow this host is: a look that is older than the time for which it may be shared is not.
  while (performance.now() - last.at_ms < 100) await new Promise(setImmediate);
  t.not(table.recent(), other);
});

t.test('a process with its marks, and no other variable of it', async (t) => {
  const marks = ['LEASH_EXTENSION=life', 'LEASH_WORKER=store'];
  const child = spawn('/usr/bin/env', ['-i', 'A=LEASH_NONE=1', ...marks, '/bin/sleep', '1000'], {
    stdio: 'ignore',
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const table = openProcessTable();
  const entryOf = async (pid = child.pid) => (await table.fresh()).entries.find((each) => each.pid === pid);
  // env(1) becomes sleep(1) a moment after its start.
  while ((await entryOf())?.marks.length !== 2);
  t.match(await entryOf(), {
    ...identify(child.pid ?? 0),
    parent: process.pid,
    isZombie: false,
    marks,
  });
  t.equal(await entryOf(process.pid), undefined, 'our own is nobody’s');
  child.kill('SIGKILL');
  await once(child, 'exit');
  t.equal(await entryOf(), undefined);
});
