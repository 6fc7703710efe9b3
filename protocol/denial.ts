import type { VerdictReason } from './verdict.ts';

/**
 * State of a query's record. `denied`: may not run before `until_unix_ms`; `probation`: the denial is over and the
 * next run decides; `watched`: runs freely, but its strikes are not forgotten yet.
 */
export type DenialState = 'denied' | 'probation' | 'watched';

/** One record of the denylist, keyed by scope and SQL hash. */
export interface Denial {
  readonly scope: string;
  readonly sqlHash: string;
  readonly queryId: string;
  readonly sql: string;
  readonly state: DenialState;
  readonly strikes: number;
  /** Reason of the last strike; `operator` when a person added the record. */
  readonly reason: VerdictReason | 'operator';
  readonly limit: number;
  readonly measured: number;
  readonly since_unix_ms: number;
  readonly until_unix_ms: number;
  /** When the last strike fell; strikes fall by one for each clean day after it. */
  readonly lastStrike_unix_ms: number;
}

/** A query by its record: the same SQL under two names has two. */
export interface RecordOwner {
  readonly scope: string;
  readonly sqlHash: string;
}

/** Key of what is remembered about a query. No scope contains NUL. */
export const recordKey = ({ scope, sqlHash }: RecordOwner): string => `${scope}\0${sqlHash}`;
