import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { oomKills, throttled_ms } from '../../../../platform/node/cgroup/control-files.ts';
import { ownPlaces } from '../../../../platform/node/cgroup/own-cgroups.ts';
import { controllers } from '../../../../platform/node/cgroup/places.ts';
import { prepareCgroups } from '../../../../platform/node/cgroup/prepare.ts';
import { openWorkerCgroups } from '../../../../platform/node/cgroup/worker-cgroups.ts';
import { identify } from '../../../../platform/node/process-identity.ts';

const self = identify(process.pid) ?? { pid: 0, startTicks: 0 };
const limits = { memory_bytes: 300 * 2 ** 20, cpu_percent: 25 };

/** A directory with the files that a group of version 2 has. The kernel's part is missing: nothing is enforced. */
const plainGroup = (t: Test, members: readonly number[], offered: string): string => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-cgroup-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'cgroup.procs'), members.map((pid) => `${pid}\n`).join(''));
  writeFileSync(join(directory, 'cgroup.controllers'), `${offered}\n`);
  return directory;
};

t.test('version 2: the supervisor moves to a leaf and hands its controllers on', async (t) => {
  const directory = plainGroup(t, [self.pid], 'cpuset cpu io memory pids');
  const prepared = await prepareCgroups({ version: 2, directory }, self.pid);
  t.strictSame(prepared, {
    ok: true,
    value: { version: 2, parents: { memory: directory, cpu: directory, pids: directory } },
  });
  t.equal(readFileSync(join(directory, 'supervisor/cgroup.procs'), 'utf8'), String(self.pid));
  if (!prepared.ok) return;

  const left = join(directory, `leash.${self.pid}.1.77`);
  const other = join(directory, 'not-ours.1.2.3');
  for (const each of [left, other]) mkdirSync(each);
  const group = await openWorkerCgroups(prepared.value, self).adopt({ pid: 4242, startTicks: 1 });
  t.notOk(existsSync(left), 'a group of a former supervisor with our pid is swept away');
  t.ok(existsSync(other));
  const own = join(directory, `leash.${self.pid}.${self.startTicks}.4242`);
  const text = (file: string): string => readFileSync(join(own, file), 'utf8');
  t.equal(text('cgroup.procs'), '4242');
  t.equal(text('pids.max'), '64');
  t.strictSame(group?.limit(limits), { memory: true, cpu: true });
  t.equal(text('memory.max'), '314572800');
  t.equal(text('cpu.max'), '25000 100000');
  group?.limit({ ...limits, cpu_percent: 0 });
  t.equal(text('cpu.max'), 'max 100000');
  writeFileSync(join(own, 'memory.events'), 'low 0\nhigh 0\nmax 31\noom 2\noom_kill 2\noom_group_kill 0\n');
  writeFileSync(join(own, 'cpu.stat'), 'usage_usec 5\nnr_throttled 3\nthrottled_usec 250500\n');
  t.equal(group?.oomKills(), 2);
  t.equal(group?.throttled_ms(), 250.5);
});

t.test('version 2: a group that others share is left as it is', async (t) => {
  const directory = plainGroup(t, [1, self.pid], 'cpu memory pids');
  t.match(await prepareCgroups({ version: 2, directory }, self.pid), {
    error: { reason: 'shared_group', message: /Delegate=yes/ },
  });
  t.strictSame(readdirSync(directory).sort(), ['cgroup.controllers', 'cgroup.procs']);
});

t.test('where nothing can be had, the reason is told', async (t) => {
  t.match(await prepareCgroups(undefined, 1), { error: { reason: 'no_cgroup' } });
  t.match(await prepareCgroups({ version: 2, directory: '/nonexistent' }, 1), {
    error: { reason: 'not_writable' },
  });
  t.match(await prepareCgroups({ version: 1, directories: { memory: '/nonexistent' } }, 1), {
    error: { reason: 'not_writable' },
  });
  const poor = plainGroup(t, [], 'io cpuset');
  t.match(await prepareCgroups({ version: 2, directory: poor }, 1), { error: { message: /no controller/ } });
});

t.test('counters of both versions; a file without them counts nothing', async (t) => {
  t.equal(oomKills('oom_kill_disable 0\nunder_oom 0\noom_kill 3\n'), 3);
  t.equal(throttled_ms('nr_periods 9\nnr_throttled 4\nthrottled_time 1500000\n'), 1.5);
  for (const text of ['', 'oom_kill', 'oom_kill_disable 7']) t.equal(oomKills(text), 0);
  t.equal(throttled_ms(''), 0);
});

const places = ownPlaces();
const prepared = await prepareCgroups(places?.version === 1 ? places : undefined, self.pid);
const skip = prepared.ok ? false : `no cgroup of version 1 to try it on: ${prepared.error.message}`;
t.test("the kernel's own groups take a process, its limits, and go when it is gone", { skip }, async (t) => {
  if (!prepared.ok) return;
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  const identity = identify(child.pid ?? 0) ?? { pid: 0, startTicks: 0 };
  const group = await openWorkerCgroups(prepared.value, self).adopt(identity);
  const membership = readFileSync(`/proc/${child.pid}/cgroup`, 'utf8');
  const taken = controllers.filter((controller) => prepared.value.parents[controller] !== undefined);
  for (const controller of taken) {
    const line = membership.split('\n').find((each) => each.split(':')[1]?.split(',').includes(controller));
    t.match(line, `leash.${self.pid}.${self.startTicks}.${child.pid}`, controller);
  }
  t.strictSame(group?.limit(limits), { memory: taken.includes('memory'), cpu: taken.includes('cpu') });
  t.equal(group?.oomKills(), 0);
  t.equal(group?.throttled_ms(), 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await group?.remove();
  for (const parent of Object.values(prepared.value.parents)) {
    t.strictSame(
      readdirSync(parent).filter((name) => name.endsWith(`.${child.pid}`)),
      [],
    );
  }
});

t.test('a worker that is gone already gets no group, and leaves none', { skip }, async (t) => {
  if (!prepared.ok) return;
  const group = await openWorkerCgroups(prepared.value, self).adopt({ pid: 2 ** 22 + 1, startTicks: 1 });
  t.equal(group, undefined);
  for (const parent of Object.values(prepared.value.parents)) {
    t.strictSame(
      readdirSync(parent).filter((name) => name.includes(String(2 ** 22 + 1))),
      [],
    );
  }
});
