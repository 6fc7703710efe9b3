import type { ProcessIdentity } from '../protocol/sample.ts';

/** What a family of processes uses together at one moment. */
export interface FamilySample {
  /** Of the monotonic clock. */
  readonly at_ms: number;
  /** CPU time of all that ever belonged to it, as far as it was seen; never falls. */
  readonly cpu_ms: number;
  /** Resident minus shared memory. */
  readonly private_bytes: number;
  readonly processes: number;
  /** Open descriptors; of processes that may not be looked into none are counted. */
  readonly descriptors: number;
}

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
  /** Looks for members and measures them. Reads all of /proc, in small portions between which other work goes on. */
  sample(): Promise<FamilySample>;
  /** SIGKILLs whoever belongs to it, again and again until nobody is left or `within_ms` are over. */
  kill(within_ms: number): Promise<FamilyEnd>;
}
