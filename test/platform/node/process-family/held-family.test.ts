import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { groupName } from '../../../../platform/node/cgroup/group-names.ts';
import { ownPlaces } from '../../../../platform/node/cgroup/own-cgroups.ts';
import { prepareCgroups } from '../../../../platform/node/cgroup/prepare.ts';
import { noCgroups, openWorkerCgroups } from '../../../../platform/node/cgroup/worker-cgroups.ts';
import { openHeldFamily } from '../../../../platform/node/process-family/held-family.ts';
import { openProcessTable } from '../../../../platform/node/process-family/process-table.ts';
import { identify } from '../../../../platform/node/process-identity.ts';

const member = join(import.meta.dirname, '../../../fixtures/family-member.ts');
const self = identify(process.pid) ?? { pid: 0, startTicks: 0 };
const places = ownPlaces();
const prepared = await prepareCgroups(places?.version === 1 ? places : undefined, self.pid);
const memory = prepared.ok ? prepared.value.parents.memory : undefined;
const limits = { memory_bytes: 150 * 2 ** 20, tasks: 100 };

/** A family of one that takes 400 MiB when it is told to. */
const startGrowing = async (t: Test, mark: string): Promise<ChildProcess> => {
  const child = spawn('/usr/bin/env', ['-i', mark, process.execPath, member, 'grow'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
};

/** Empty before the group is there. */
const limitOf = (directory: string): string => {
  const file = join(directory, 'memory.limit_in_bytes');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
};

t.test(
  'past its memory the kernel kills it, and that can be told from another kill',
  { skip: memory === undefined && 'no memory cgroup of version 1' },
  async (t) => {
    if (!prepared.ok) throw new Error(prepared.error.message);
    const mark = 'LEASH_TEST_FAMILY=held';
    const child = await startGrowing(t, mark);
    const leader = identify(child.pid ?? 0) ?? self;
    const cgroups = openWorkerCgroups(prepared.value, self);
    const family = openHeldFamily(cgroups, openProcessTable(), leader, mark, limits);
    const directory = join(memory ?? '', groupName(self, leader.pid));
    while (limitOf(directory) !== String(limits.memory_bytes)) await new Promise(setImmediate);
    t.equal(family.oomKills(), 0);
    const exit = once(child, 'exit');
    child.stdin?.end('grow\n');
    t.strictSame(await exit, [null, 'SIGKILL']);
    t.ok(family.oomKills() >= 1);
    t.match(await family.kill(10_000), { survivors: [] });
    await family.release();
    t.notOk(existsSync(directory), 'nothing is left of its group');
  },
);

t.test('without a group it is a family all the same', async (t) => {
  const mark = 'LEASH_TEST_FAMILY=free';
  const child = await startGrowing(t, mark);
  const leader = identify(child.pid ?? 0) ?? self;
  const family = openHeldFamily(noCgroups, openProcessTable(), leader, mark, limits);
  t.match(await family.sample(), { processes: 1 });
  const exit = once(child, 'exit');
  t.match(await family.kill(10_000), { killed: [leader], survivors: [] });
  await exit;
  t.equal(family.oomKills(), 0);
  await family.release();
});
