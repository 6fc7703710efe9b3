import type { Denial } from '../protocol/denial.ts';
import type { Evidence } from '../protocol/evidence.ts';
import type { Lease } from '../protocol/lease.ts';
import type { LimitOverride } from '../protocol/limit-override.ts';
import type { Failure, Result } from '../protocol/result.ts';
import type { Verdict } from '../protocol/verdict.ts';

export type StoreFailure = Failure<
  | 'unsafe_permissions'
  | 'locked'
  | 'newer_version'
  | 'corrupt'
  | 'disk_full'
  | 'read_only'
  | 'not_openable'
  | 'io'
>;

/** Interval of a query and what was drawn for it; kept so that a restart does not draw again. */
export interface Splay {
  readonly queryId: string;
  readonly interval_s: number;
  readonly splayed_s: number;
  /** Where in the splayed interval it starts, from 0 to less than the interval. */
  readonly offset_ms: number;
}

/**
 * Leases, verdicts, denylist and overrides: small synchronous writes on the guard's loop (`guard.db`).
 * Every write is durable against a kill of the process when it returns.
 */
export interface GuardStore {
  putLease(lease: Lease): Result<void, StoreFailure>;
  endLease(leaseId: string): Result<void, StoreFailure>;
  /** Leases that were not ended: what a former supervisor left. */
  openLeases(): Result<readonly Lease[], StoreFailure>;
  /** Verdict, what led to it, and the record that follows from it, in one transaction. */
  putVerdict(verdict: Verdict, denial: Denial | undefined, evidence: Evidence): Result<void, StoreFailure>;
  /** Newest first. */
  verdicts(limit: number): Result<readonly Verdict[], StoreFailure>;
  /** What led to a verdict. Undefined when there is no such verdict, or it is not among the newest 1,000. */
  evidence(verdictId: string): Result<Evidence | undefined, StoreFailure>;
  putDenial(denial: Denial): Result<void, StoreFailure>;
  removeDenial(scope: string, sqlHash: string): Result<void, StoreFailure>;
  denials(): Result<readonly Denial[], StoreFailure>;
  /** Overrides as they are now, new or changed, in one transaction. */
  putOverrides(overrides: readonly LimitOverride[]): Result<void, StoreFailure>;
  /** Those in force and the latest that ended, in the order in which they were set. */
  overrides(): Result<readonly LimitOverride[], StoreFailure>;
  /** All of them or none. */
  putSplays(splays: readonly Splay[]): Result<void, StoreFailure>;
  splays(): Result<readonly Splay[], StoreFailure>;
  /** A value that outlives restarts (instance uuid, host uuid). */
  setting(name: string): Result<string | undefined, StoreFailure>;
  putSetting(name: string, value: string): Result<void, StoreFailure>;
  close(): void;
}
