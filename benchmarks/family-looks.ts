/**
 * What do the looks at the families of extensions cost? CPU time of a guard that watches five calm families among a
 * thousand other processes, at the pace of the daemon: with a reading of /proc for each, and with one that all share.
 *
 *   node benchmarks/family-looks.ts [--seconds 20] [--processes 1000] [--families 5]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { kernelUnits } from '../platform/node/auxv.ts';
import { nodeClock } from '../platform/node/clock.ts';
import { openProcessFamily } from '../platform/node/process-family/process-family.ts';
import { openProcessTable, type ProcessTable } from '../platform/node/process-family/process-table.ts';
import { identify } from '../platform/node/process-identity.ts';
import type { ProcessFamily } from '../platform/process-family.ts';
import { nextFamilySample_ms } from '../policies/next-family-sample.ts';
import { usualExtensionBudget } from '../protocol/extension/budget.ts';
import type { FamilySample } from '../protocol/family-sample.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    processes: { type: 'string', default: '1000' },
    families: { type: 'string', default: '5' },
  },
});
const [seconds, processes, families] = [values.seconds, values.processes, values.families].map(Number) as [
  number,
  number,
  number,
];

const sleeper = (env: NodeJS.ProcessEnv = process.env): ChildProcess =>
  spawn('/bin/sleep', ['1000'], { stdio: 'ignore', detached: true, env });

const familyOf = (leader: ChildProcess, mark: string, table: ProcessTable): ProcessFamily =>
  openProcessFamily({
    leader: identify(leader.pid ?? 0) ?? { pid: 0, startTicks: 0 },
    mark,
    processes: table,
    cgroupMembers: () => [],
    ...kernelUnits(),
  });

/** As the actor of an extension looks. */
const watch = async (family: ProcessFamily, until_ms: number): Promise<number> => {
  let former: FamilySample | undefined;
  let looks = 0;
  for (let last: FamilySample | undefined; performance.now() < until_ms; looks += 1) {
    await wait(nextFamilySample_ms(former, last, usualExtensionBudget));
    former = last;
    last = await family.sample();
  }
  return looks;
};

const cost = async (what: string, watched: readonly ProcessFamily[]): Promise<void> => {
  const before = process.cpuUsage();
  const began_ms = performance.now();
  const looks = await Promise.all(watched.map((family) => watch(family, began_ms + seconds * 1_000)));
  const { user, system } = process.cpuUsage(before);
  const share_percent = (user + system) / 10 / (performance.now() - began_ms);
  process.stdout.write(
    `${what.padEnd(34)} ${share_percent.toFixed(2)} % of a core, ${looks.reduce((sum, each) => sum + each, 0)} looks\n`,
  );
};

const others = Array.from({ length: processes }, () => sleeper());
const leaders = Array.from({ length: families }, (_, index) => {
  const mark = `LEASH_EXTENSION=bench-${index}`;
  const [name = '', value = ''] = mark.split('=');
  return { mark, child: sleeper({ [name]: value }) };
});
const all = [...others, ...leaders.map(({ child }) => child)];
await Promise.all(all.map((child) => once(child, 'spawn')));
try {
  await cost(
    'a reading for each family',
    leaders.map(({ child, mark }) => familyOf(child, mark, openProcessTable(nodeClock))),
  );
  const shared = openProcessTable(nodeClock);
  await cost(
    'one reading for all',
    leaders.map(({ child, mark }) => familyOf(child, mark, shared)),
  );
} finally {
  for (const child of all) child.kill('SIGKILL');
}
