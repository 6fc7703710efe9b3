import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { killOrphans, workerEnvironment } from '../../../platform/node/orphans.ts';
import { identify } from '../../../platform/node/process-identity.ts';

/** No process can have this pid: it is over the kernel's largest pid_max (2^22, proc_sys_kernel(5)). */
const dead = '4194305.1';

const marked = async (t: Test, mark: string | undefined): Promise<ChildProcess> => {
  const child = spawn('sleep', ['60'], {
    stdio: 'ignore',
    env: mark === undefined ? {} : { LEASH_WORKER: mark },
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
};

t.test(
  'workers of this store, and of none, whose supervisor is gone are ended; nobody else is',
  async (t) => {
    const living = Object.values(workerEnvironment('/store'))[0];
    const [ours, ofNone, otherStore, supervised, unmarked] = await Promise.all([
      marked(t, `${dead} /store`),
      marked(t, `${dead} `),
      marked(t, `${dead} /other store`),
      marked(t, living),
      marked(t, undefined),
    ]);
    if (ours === undefined || ofNone === undefined) throw new Error('not started');
    const exits = Promise.all([once(ours, 'exit'), once(ofNone, 'exit')]);
    const ended = killOrphans('/store').map(({ pid }) => pid);
    t.ok(ended.includes(ours.pid ?? 0) && ended.includes(ofNone.pid ?? 0));
    t.match(await exits, [
      [null, 'SIGKILL'],
      [null, 'SIGKILL'],
    ]);
    for (const child of [otherStore, supervised, unmarked]) {
      t.notOk(ended.includes(child?.pid ?? 0));
      t.ok(identify(child?.pid ?? 0), 'still there');
    }
    t.ok(
      killOrphans('/other store').some(({ pid }) => pid === otherStore?.pid),
      'its own supervisor finds it',
    );
  },
);

t.test('a stopped one is ended, too', async (t) => {
  const stopped = await marked(t, `${dead} /stopped`);
  stopped.kill('SIGSTOP');
  const exit = once(stopped, 'exit');
  t.equal(killOrphans('/stopped').length >= 1, true);
  t.match(await exit, [null, 'SIGKILL']);
});
