import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { kernelUnits } from '../../../../platform/node/auxv.ts';
import { nodeClock } from '../../../../platform/node/clock.ts';
import { openProcessFamily } from '../../../../platform/node/process-family/process-family.ts';
import { openProcessTable } from '../../../../platform/node/process-family/process-table.ts';
import { identify } from '../../../../platform/node/process-identity.ts';
import type { ProcessFamily } from '../../../../platform/process-family.ts';

const member = join(import.meta.dirname, '../../../fixtures/family-member.ts');

const processes = openProcessTable(nodeClock);

interface Started {
  readonly child: ChildProcess;
  readonly family: ProcessFamily;
  readonly exited: Promise<unknown>;
}

/** A real family, whose leader has said that it is ready. tap's own variables are not handed on. */
const start = async (...args: string[]): Promise<Started> => {
  const mark = `LEASH_TEST_FAMILY=${randomUUID()}`;
  const [name = '', value = ''] = mark.split('=');
  const command = ['-i', mark, process.execPath, member, ...args];
  const child = spawn('/usr/bin/env', command, {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { [name]: value },
  });
  const exited = once(child, 'exit');
  if (child.stdout !== null) await once(child.stdout, 'data');
  const leader = identify(child.pid ?? 0) ?? { pid: child.pid ?? 0, startTicks: 0 };
  const { ticksPerSecond, page_bytes } = kernelUnits();
  const cgroupMembers = () => [];
  const family = openProcessFamily({
    leader,
    mark,
    processes,
    cgroupMembers,
    ticksPerSecond,
    page_bytes,
  });
  return { child, family, exited };
};

/** Looks until so many are there. */
const grown = async (family: ProcessFamily, processes: number): Promise<void> => {
  while ((await family.sample()).processes < processes);
};

const isAlive = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    return false;
  }
};

t.test('a tree that ignores every polite signal is gone, and nobody else is', async (t) => {
  const [ours, others] = await Promise.all([start('tree'), start('tree')]);
  await Promise.all([grown(ours.family, 4), grown(others.family, 4)]);
  const { killed, survivors } = await ours.family.kill(10_000);
  t.equal(killed.length, 4);
  t.strictSame(survivors, []);
  t.notOk(killed.some(({ pid }) => isAlive(pid)));
  t.equal((await others.family.sample()).processes, 4, 'a family beside it lives on');
  t.equal((await others.family.kill(10_000)).killed.length, 4);
  await Promise.all([ours.exited, others.exited]);
  t.strictSame(
    await ours.family.kill(10_000),
    { killed: [], survivors: [] },
    'a second time there is nothing to do',
  );
});

t.test('who left the session and lost the parent is found by the mark', async (t) => {
  const { family, exited } = await start('daemonise');
  await exited;
  t.equal((await family.sample()).processes, 1);
  const { killed, survivors } = await family.kill(10_000);
  t.equal(killed.length, 1);
  t.not(killed[0]?.pid, family.leader.pid);
  t.strictSame(survivors, []);
});

t.test('without the mark it is found if it was seen before its parent ended', async (t) => {
  const { child, family, exited } = await start('scrubbed');
  await grown(family, 2);
  child.kill('SIGKILL');
  await exited;
  t.equal((await family.kill(10_000)).killed.length, 1);
});

t.test('a fork bomb ends, faster than it grows', async (t) => {
  const { family, exited } = await start('bomb', '5');
  await grown(family, 8);
  const { killed, survivors } = await family.kill(20_000);
  t.ok(killed.length >= 8, `${killed.length} processes`);
  t.strictSame(survivors, []);
  await exited;
  t.equal((await family.sample()).processes, 0);
});

t.test('what a family uses', async (t) => {
  const { family, exited } = await start('burn');
  const first = await family.sample();
  let last = first;
  while (last.cpu_ms < first.cpu_ms + 100) last = await family.sample();
  t.ok(
    last.cpu_ms - first.cpu_ms <= (last.at_ms - first.at_ms) * 1.2 + 50,
    'one thread has one core at most',
  );
  t.ok(last.private_bytes > 2 ** 20 && last.private_bytes < 2 ** 30, `${last.private_bytes} bytes`);
  t.ok(last.descriptors >= 3, `${last.descriptors} descriptors`);
  await family.kill(10_000);
  await exited;
  const after = await family.sample();
  t.equal(after.processes, 0);
  t.ok(after.cpu_ms >= last.cpu_ms, 'CPU time never falls, not even by death');
});
