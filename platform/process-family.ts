import type { FamilySample } from '../protocol/family-sample.ts';
import type { ProcessIdentity } from '../protocol/sample.ts';

/** How the end of a family went. */
export interface FamilyEnd {
  /** Killed, in the order in which they were found. */
  readonly killed: readonly ProcessIdentity[];
  /** Members that were still there when time was up: blocked in the kernel, or started quicker than they were found. */
  readonly survivors: readonly ProcessIdentity[];
}

/**
 * A process and everything that it started, and so on: by parent, process group, session, the mark in the environment,
 * its cgroup where there is one, and by having been seen in the family before. What leaves its group and session,
 * loses its parent and drops its environment between two looks, without a cgroup, is not found.
 */
export interface ProcessFamily {
  readonly leader: ProcessIdentity;
  /** Looks for members and measures them. Reads all of /proc, in small portions between which other work goes on; families that are looked at
   * together share that. */
  sample(): Promise<FamilySample>;
  /** SIGKILLs whoever belongs to it, again and again until nobody is left or `within_ms` are over. */
  kill(within_ms: number): Promise<FamilyEnd>;
}

/** What the kernel is asked to hold a family to, a little above its budget. */
export interface FamilyLimits {
  readonly memory_bytes: number;
  /** Processes and threads together. */
  readonly tasks: number;
}

/** A family that the kernel holds too, where it can. */
export interface HeldFamily extends ProcessFamily {
  /** Kills that the limit of its memory caused; 0 where nothing holds it. */
  oomKills(): number;
  /** When nobody is left in it. */
  release(): Promise<void>;
}
