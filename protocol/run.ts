import type { LimitName } from './budget.ts';

/** Why a statement did not give its rows. */
export type QueryFailureReason =
  | 'sql_error'
  | 'not_authorized'
  | 'missing_required'
  | 'table_error'
  | 'out_of_memory'
  | 'limit'
  | 'denied'
  | 'held_back'
  | 'worker_died'
  | 'killed'
  | 'cancelled'
  | 'overloaded'
  | 'store_failed'
  | 'stopping';

/** A failed query, as a person reads it. `limit` names the budget that was used up when the reason is `limit`. */
export interface QueryFailure {
  readonly reason: QueryFailureReason;
  readonly message: string;
  readonly limit?: LimitName;
  readonly measured?: number;
}

/** What one run cost, as the worker itself counted it. */
export interface RunCost {
  readonly wall_ms: number;
  readonly user_ms: number;
  readonly system_ms: number;
  /** Growth of the worker's private memory over the run; negative growth is 0. */
  readonly memory_bytes: number;
  readonly rows: number;
  readonly result_bytes: number;
  readonly read_bytes: number;
  readonly paths: number;
  readonly denied_reads: number;
}

export const noCost: RunCost = {
  wall_ms: 0,
  user_ms: 0,
  system_ms: 0,
  memory_bytes: 0,
  rows: 0,
  result_bytes: 0,
  read_bytes: 0,
  paths: 0,
  denied_reads: 0,
};
