import type { ProcessIdentity } from './sample.ts';

/** Why a limit was judged to be broken. */
export type VerdictReason =
  | 'cpu_ms'
  | 'cpu_percent'
  | 'throttle_percent'
  | 'memory_mb'
  | 'wall_ms'
  | 'rows'
  | 'result_mb'
  | 'read_mb'
  | 'paths'
  | 'processes'
  | 'descriptors'
  | 'js_heap_exhausted'
  | 'cgroup_oom'
  | 'unkillable';

/**
 * What happens to the offender. `throttle`: the run goes on with less CPU time. `fail` is the engine's own clean stop: the query failed, the worker lives. `deny`:
 * nothing is left to be done to the process, but the query may not do it again.
 */
export type VerdictKind = 'throttle' | 'fail' | 'kill' | 'deny';

/** What is judged: a run of a query, or a life of an extension. */
export type Subject = 'query' | 'extension';

/**
 * A judgement about one run, stored before anything is done about it. Of an extension `leaseId` is the id of its life,
 * `queryId` its name, `sql` its path, `sqlHash` that of path and budget, and `worker` its leader.
 */
export interface Verdict {
  readonly verdictId: string;
  readonly subject: Subject;
  readonly leaseId: string;
  readonly queryId: string;
  readonly scope: string;
  readonly sqlHash: string;
  readonly sql: string;
  readonly worker: ProcessIdentity;
  readonly kind: VerdictKind;
  readonly reason: VerdictReason;
  /**
   * The limit and what was measured, both in the unit that the reason names (worker processes for `unkillable`).
   */
  readonly limit: number;
  readonly measured: number;
  /** Whether it counts towards a denial (design: "Strikes"). */
  readonly strike: boolean;
  /** Wall clock, Unix milliseconds. */
  readonly at_unix_ms: number;
  /** False when the signal had to go out before the store could take the verdict. */
  readonly journalled: boolean;
}
