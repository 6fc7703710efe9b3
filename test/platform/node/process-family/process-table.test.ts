import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { nodeClock } from '../../../../platform/node/clock.ts';
import { openProcessTable } from '../../../../platform/node/process-family/process-table.ts';
import { identify } from '../../../../platform/node/process-identity.ts';
import { SimulatedClock } from '../../../../platform/simulated-clock.ts';

t.test('who asks at the same time shares a look; who needs a new one gets it', async (t) => {
  const clock = new SimulatedClock();
  const table = openProcessTable(clock);
  const one = table.recent();
  await clock.advance(49);
  t.equal(table.recent(), one);
  const other = table.fresh();
  t.not(other, one);
  t.equal(table.recent(), other, 'the newest is shared');
  const [first, last] = [await one, await other];
  t.ok(first.at_ms <= last.at_ms);
  await clock.advance(50);
  t.not(table.recent(), other, 'not for long');
});

t.test('a process with its marks, and no other variable of it', async (t) => {
  const marks = ['LEASH_EXTENSION=life', 'LEASH_WORKER=store'];
  const child = spawn('/usr/bin/env', ['-i', 'A=LEASH_NONE=1', ...marks, '/bin/sleep', '1000'], {
    stdio: 'ignore',
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const table = openProcessTable(nodeClock);
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
