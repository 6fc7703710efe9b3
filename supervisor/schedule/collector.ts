import type { QueryOutcome } from '../../protocol/control.ts';
import type { StatementFrames } from '../../protocol/row-batches.ts';
import type { RunListener } from '../workforce/run-request.ts';

/** A scheduled run's whole answer, as frames that nobody on this loop parses. */
export interface CollectedRun {
  /** Statement by statement. */
  readonly results: readonly StatementFrames[];
  readonly outcome: QueryOutcome;
  /** Monotonic milliseconds; undefined for a run that had no lease. */
  readonly grantedAt_ms: number | undefined;
}

/** Keeps what a worker sends until the run is over. Bounded by the query's `result_mb`. */
export const collectRun = (finished: (run: CollectedRun) => void): RunListener => {
  const results: StatementFrames[] = [];
  let rowFrames: Uint8Array[] = [];
  let grantedAt_ms: number | undefined;
  return {
    started: (lease) => {
      grantedAt_ms = lease.grantedAt_ms;
    },
    columns: (columns) => {
      rowFrames = [];
      results.push({ columns, rowFrames });
    },
    rows: (payload) => {
      rowFrames.push(payload);
      return 'more';
    },
    done: (outcome) => finished({ results, outcome, grantedAt_ms }),
  };
};
