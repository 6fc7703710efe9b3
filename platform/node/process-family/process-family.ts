import { readdirSync, readFileSync } from 'node:fs';
import type { FamilySample } from '../../../protocol/family-sample.ts';
import type { ProcessIdentity } from '../../../protocol/sample.ts';
import type { FamilyEnd, ProcessFamily } from '../../process-family.ts';
import { monotonicMs } from '../monotonic.ts';
import { privateBytesOf } from '../proc-statm.ts';
import { identify } from '../process-identity.ts';
import { familyMembers, KnownMembers } from './members.ts';
import type { MeasuredEntry, ProcessReading, ProcessTable } from './process-table.ts';

/** What a family is known by, and what its numbers are in. */
export interface FamilyOptions {
  /** Leader of a session of its own. */
  readonly leader: ProcessIdentity;
  /** `LEASH_…=value` in the environment of the leader, which nobody else has. */
  readonly mark: string;
  /** Processes in the family's cgroup; empty without one. */
  readonly cgroupMembers: () => readonly number[];
  readonly processes: ProcessTable;
  readonly ticksPerSecond: number;
  readonly page_bytes: number;
}

interface Look {
  readonly at_ms: number;
  readonly all: readonly MeasuredEntry[];
  readonly members: readonly MeasuredEntry[];
}

/** Between two looks at a family that is being killed: the kernel needs a moment to take a process apart. */
const betweenKills_ms = 5;

/** The family of a process that leads a session of its own. */
export const openProcessFamily = (options: FamilyOptions): ProcessFamily => {
  const { leader, mark, processes, ticksPerSecond } = options;
  const known = new KnownMembers(leader);
  /** CPU time of members that were gone when they were looked for, and that no member waited for. */
  let lostTicks = 0;
  let lastTicks = 0;

  const lookAt = ({ at_ms, entries: all }: ProcessReading): Look => {
    const inCgroup = new Set(options.cgroupMembers());
    const pids = new Set(familyMembers(all, known, { leader, mark, inCgroup }).map(({ pid }) => pid));
    const members = all.filter(({ pid }) => pids.has(pid));
    known.keepOnly(members);
    for (const member of members) known.add(member);
    return { at_ms, all, members };
  };

  return {
    leader,
    sample: async (): Promise<FamilySample> => {
      const { at_ms, members } = lookAt(await processes.recent());
      const ticks = members.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0);
      lostTicks += Math.max(0, lastTicks - ticks);
      lastTicks = ticks;
      const alive = members.filter(({ isZombie }) => !isZombie);
      return {
        at_ms,
        cpu_ms: ((ticks + lostTicks) * 1000) / ticksPerSecond,
        private_bytes: alive.reduce((sum, { pid }) => sum + privateBytes(pid, options.page_bytes), 0),
        processes: alive.length,
        descriptors: alive.reduce((sum, { pid }) => sum + descriptors(pid), 0),
      };
    },
    kill: async (within_ms): Promise<FamilyEnd> => {
      const until_ms = monotonicMs() + within_ms;
      const killed = new Map<string, ProcessIdentity>();
      for (;;) {
        const { all, members } = lookAt(await processes.fresh());
        const alive = members.filter(({ isZombie }) => !isZombie);
        if (alive.length === 0) return { killed: [...killed.values()], survivors: [] };
        killGroups(all, members);
        killEach(alive);
        for (const { pid, startTicks } of alive) killed.set(`${pid}.${startTicks}`, { pid, startTicks });
        if (monotonicMs() > until_ms) return { killed: [...killed.values()], survivors: identities(alive) };
        await new Promise((resolve) => {
          setTimeout(resolve, betweenKills_ms);
        });
      }
    },
  };
};

/** The kernel signals a group at once, and a fork(2) under way in it ends without a child. */
const killGroups = (all: readonly MeasuredEntry[], members: readonly MeasuredEntry[]): void => {
  const pids = new Set(members.map(({ pid }) => pid));
  for (const group of new Set(members.map(({ group }) => group))) {
    const isOurs = all.every((entry) => entry.group !== group || pids.has(entry.pid));
    if (isOurs) signal(-group);
  }
};

/** Only if its number still means it. Nobody but the kernel could do both as one: pidfd_open(2) is not Node's. */
const killEach = (members: readonly ProcessIdentity[]): void => {
  for (const { pid, startTicks } of members) if (identify(pid)?.startTicks === startTicks) signal(pid);
};

const signal = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself, or it is not ours to kill: then the next look finds it again, and it counts as a survivor.
  }
};

const identities = (members: readonly ProcessIdentity[]): readonly ProcessIdentity[] =>
  members.map(({ pid, startTicks }) => ({ pid, startTicks }));

/** 0 for a process that is gone. */
const privateBytes = (pid: number, page_bytes: number): number => {
  try {
    return privateBytesOf(readFileSync(`/proc/${pid}/statm`, 'latin1'), page_bytes);
  } catch {
    return 0;
  }
};

const descriptors = (pid: number): number => {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
};
