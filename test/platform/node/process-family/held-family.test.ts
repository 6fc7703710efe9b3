import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { groupName } from '../../../../platform/node/cgroup/group-names.ts';
import { ownPlaces } from '../../../../platform/node/cgroup/own-cgroups.ts';
import { prepareCgroups } from '../../../../platform/node/cgroup/prepare.ts';
import { noCgroups, openWorkerCgroups } from '../../../../platform/node/cgroup/worker-cgroups.ts';
import { nodeClock } from '../../../../platform/node/clock.ts';
import { openHeldFamily } from '../../../../platform/node/process-family/held-family.ts';
import { openProcessTable } from '../../../../platform/node/process-family/process-table.ts';
import { identify } from '../../../../platform/node/process-identity.ts';

const member = join(import.meta.dirname, '../../../fixtures/family-member.ts');
const self = identify(process.pid) ?? { pid: 0, startTicks: 0 };
const places = ownPlaces();
const prepared = await prepareCgroups(places?.version === 1 ? places : undefined, self.pid);
const memory = prepared.ok ? prepared.value.parents.memory : undefined;
const limits = { memory_bytes: 150 * 2 ** 20, tasks: 100 };

/** A process of this kind, which waits for a word. */
const startMember = async (t: Test, mark: string, kind: 'grow' | 'escape'): Promise<ChildProcess> => {
  const child = spawn('/usr/bin/env', ['-i', mark, process.execPath, member, kind], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  await heard(child);
  return child;
};

const heard = async ({ stdout }: ChildProcess): Promise<string> => {
  const [said] = stdout === null ? [] : ((await once(stdout, 'data')) as readonly Buffer[]);
  return String(said);
};

/** Empty before the group is there. */
const limitOf = (directory: string): string => {
  const file = join(directory, 'memory.limit_in_bytes');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
};

/** The family of such a process in a group of its own, and the group's directory. */
const hold = async (child: ChildProcess, mark: string) => {
  if (!prepared.ok) throw new Error(prepared.error.message);
  const leader = identify(child.pid ?? 0) ?? self;
  const cgroups = openWorkerCgroups(prepared.value, self);
  const family = openHeldFamily(cgroups, openProcessTable(nodeClock), leader, mark, limits);
  const directory = join(memory ?? '', groupName(self, leader.pid));
  while (limitOf(directory) !== String(limits.memory_bytes)) await new Promise(setImmediate);
  return { family, directory };
};

/** Makes it leave a process that nothing ties to it but a group, and end. Gives the pid of what it left. */
const leaveOne = async (t: Test, child: ChildProcess): Promise<number> => {
  const exit = once(child, 'exit');
  const said = heard(child);
  child.stdin?.end('go\n');
  await exit;
  const pid = Number(await said);
  t.teardown(() => identify(pid) !== undefined && process.kill(pid, 'SIGKILL'));
  return pid;
};

const skip = memory === undefined && 'no memory cgroup of version 1';

t.test('past its memory the kernel kills it, and that can be told from another kill', { skip }, async (t) => {
  const mark = 'LEASH_TEST_FAMILY=held';
  const child = await startMember(t, mark, 'grow');
  const { family, directory } = await hold(child, mark);
  t.equal(family.oomKills(), 0);
  const exit = once(child, 'exit');
  child.stdin?.end('grow\n');
  t.strictSame(await exit, [null, 'SIGKILL']);
  t.ok(family.oomKills() >= 1);
  t.match(await family.kill(10_000), { survivors: [] });
  await family.release();
  t.notOk(existsSync(directory), 'nothing is left of its group');
});

t.test('nobody leaves a group: not by a session, without the mark, unseen', { skip }, async (t) => {
  const mark = 'LEASH_TEST_FAMILY=kept';
  const child = await startMember(t, mark, 'escape');
  const { family } = await hold(child, mark);
  const escaped = await leaveOne(t, child);
  const { killed, survivors } = await family.kill(10_000);
  t.strictSame([killed.map(({ pid }) => pid), survivors], [[escaped], []]);
  await family.release();
});

t.test('without a group it is a family all the same', async (t) => {
  const mark = 'LEASH_TEST_FAMILY=free';
  const child = await startMember(t, mark, 'grow');
  const leader = identify(child.pid ?? 0) ?? self;
  const family = openHeldFamily(noCgroups, openProcessTable(nodeClock), leader, mark, limits);
  t.match(await family.sample(), { processes: 1 });
  const exit = once(child, 'exit');
  t.match(await family.kill(10_000), { killed: [leader], survivors: [] });
  await exit;
  t.equal(family.oomKills(), 0);
  await family.release();
});

t.test('and what the safety page says can leave it does', async (t) => {
  const mark = 'LEASH_TEST_FAMILY=loose';
  const child = await startMember(t, mark, 'escape');
  const leader = identify(child.pid ?? 0) ?? self;
  const family = openHeldFamily(noCgroups, openProcessTable(nodeClock), leader, mark, limits);
  const escaped = await leaveOne(t, child);
  t.strictSame(await family.kill(10_000), { killed: [], survivors: [] });
  t.not(identify(escaped), undefined);
});
