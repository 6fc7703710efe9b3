import type { BudgetExceeded } from '../../protocol/budget-exceeded.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import { result } from './codes.ts';

/** Everything that is known about a statement that failed. */
export interface Evidence {
  /** SQLite's result code and text. */
  readonly code: number;
  readonly message: string;
  /** What a table said, if one failed. */
  readonly tableFailure: QueryFailure | undefined;
  readonly exceeded: BudgetExceeded | undefined;
  /** What the authorizer refused. */
  readonly denied: string | undefined;
  readonly memoryGrowth_mb: number;
  /** What is to be said of a table that was an extension's. */
  readonly whatBecameOf: (table: string) => string | undefined;
  /** SQLite's text with a word about the name that was meant. */
  readonly advised: (message: string) => string;
}

/** Words a failure by its nearest cause. Pure. */
export const failureOf = (evidence: Evidence): QueryFailure => {
  const { code, message, tableFailure, exceeded, denied, memoryGrowth_mb } = evidence;
  if (exceeded !== undefined) {
    return {
      reason: 'limit',
      message: `the query was stopped at its ${exceeded.limit} limit of ${rounded(exceeded.limitValue)} (measured ${rounded(exceeded.measured)})`,
      limit: exceeded.limit,
      measured: exceeded.measured,
    };
  }
  if (tableFailure !== undefined) return tableFailure;
  if (denied !== undefined) {
    return { reason: 'not_authorized', message: `not authorized: ${denied}; queries can only read` };
  }
  if (code === result.noMemory) {
    return {
      reason: 'out_of_memory',
      message: 'the query needs more memory inside SQLite than its memory_mb limit leaves',
      limit: 'memory_mb',
      measured: memoryGrowth_mb,
    };
  }
  const [, missing] = /^no such table: (.*)$/s.exec(message) ?? [];
  const became = missing === undefined ? undefined : evidence.whatBecameOf(missing);
  return {
    reason: 'sql_error',
    message: became === undefined ? evidence.advised(message) : `${message}: ${became}`,
  };
};

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** The answer of an engine whose WASM instance trapped. */
export const trapped = (cause: string): QueryFailure => ({
  reason: 'worker_died',
  message: `SQLite trapped (${cause}); the worker is being replaced`,
});
