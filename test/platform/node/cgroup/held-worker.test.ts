import { readFileSync } from 'node:fs';
import t from 'tap';
import { ownPlaces } from '../../../../platform/node/cgroup/own-cgroups.ts';
import { prepareCgroups } from '../../../../platform/node/cgroup/prepare.ts';
import { openWorkerCgroups } from '../../../../platform/node/cgroup/worker-cgroups.ts';
import { identify } from '../../../../platform/node/process-identity.ts';
import { judgeDeath } from '../../../../policies/death.ts';
import { ObservedWorker, standInHost, standInHostWith } from '../observed-worker.ts';

const self = identify(process.pid) ?? { pid: 0, startTicks: 0 };
const places = ownPlaces();
const prepared = await prepareCgroups(places?.version === 1 ? places : undefined, self.pid);
const parents = prepared.ok ? prepared.value.parents : {};
const held = (...args: readonly string[]): ObservedWorker => {
  if (!prepared.ok) throw new Error(prepared.error.message);
  return new ObservedWorker(standInHostWith({ cgroups: openWorkerCgroups(prepared.value, self) }, ...args));
};

const noMemory = parents.memory === undefined && 'no memory cgroup of version 1';
t.test(
  'past its memory limit the kernel kills the worker, and its death tells',
  { skip: noMemory },
  async (t) => {
    const worker = held('grow', '400');
    await worker.messages(1);
    t.match(worker.process.limit({ memory_bytes: 200 * 2 ** 20, cpu_percent: 0 }), { memory: true });
    worker.process.send({ type: 'exit' });
    const exit = await worker.exit();
    t.equal(exit.signal, 'SIGKILL');
    t.ok(exit.cgroupOomKills >= 1);
    t.equal(judgeDeath(exit), 'cgroup_oom');
  },
);

t.test('a kill that the kernel did not count is none of its own', { skip: noMemory }, async (t) => {
  const worker = held('ready');
  await worker.messages(1);
  t.equal((await worker.end()).cgroupOomKills, 0);
});

const noQuota = parents.cpu === undefined && 'no cpu cgroup of version 1';
t.test('under a quota the kernel tells for how long it held the worker', { skip: noQuota }, async (t) => {
  const worker = held('burn', '300');
  await worker.messages(1);
  t.match(worker.process.limit({ memory_bytes: 2 ** 30, cpu_percent: 25 }), { cpu: true });
  worker.process.send({ type: 'exit' });
  await worker.messages(2);
  t.ok(worker.process.throttled_ms() > 100, `${worker.process.throttled_ms()} ms`);
  await worker.end();
});

const stateOf = (pid: number): string | undefined =>
  /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];

t.test('without a group nothing is taken, and the worker can be stopped and let go', async (t) => {
  const worker = new ObservedWorker(standInHost('burn', '1'));
  await worker.messages(1);
  t.strictSame(worker.process.limit({ memory_bytes: 2 ** 30, cpu_percent: 10 }), {
    memory: false,
    cpu: false,
  });
  t.equal(worker.process.throttled_ms(), 0);
  const { pid } = worker.process.identity;
  worker.process.suspend();
  while (stateOf(pid) !== 'T') await new Promise(setImmediate);
  worker.process.send({ type: 'exit' });
  t.equal(stateOf(pid), 'T', 'what it is sent waits');
  worker.process.resume();
  await worker.messages(2);
  worker.process.suspend();
  t.equal((await worker.end()).signal, 'SIGKILL', 'a stopped one can be killed');
});
