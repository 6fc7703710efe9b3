import type { Budget } from './budget.ts';
import type { ProcessIdentity } from './sample.ts';

/** Queries of different lanes never wait for one another. */
export type Lane = 'scheduled' | 'live' | 'events' | 'probation';

export const lanes: readonly Lane[] = ['scheduled', 'live', 'events', 'probation'];

/** The right of one worker to run one query once, stored before the query is sent. */
export interface Lease {
  readonly leaseId: string;
  /** What a person calls the query: its logged name, or `adhoc`. */
  readonly queryId: string;
  /** Where a denial would apply: `schedule:<logged name>`, `adhoc:<uid>`, … */
  readonly scope: string;
  readonly sql: string;
  /** SHA-256 of SQL and limits, in hex: a changed query starts with a clean record. */
  readonly sqlHash: string;
  readonly lane: Lane;
  readonly worker: ProcessIdentity;
  readonly budget: Budget;
  /** False (`denylist: false` in the config): a limit stops the query, but it is never denied. */
  readonly mayBeDenied: boolean;
  /**
   * Monotonic milliseconds before which `cpu_percent` stops nobody (osquery's `watchdog_delay`); absent: from the
   * first sample, like every other limit.
   */
  readonly cpuPercentFrom_ms?: number;
  /** Monotonic milliseconds: for deadlines. */
  readonly grantedAt_ms: number;
  /** Wall clock, Unix milliseconds: for people. */
  readonly grantedAt_unix_ms: number;
}
