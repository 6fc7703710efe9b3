import type { ResultColumn } from '../../protocol/cell.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { RunListener } from '../workforce/run-request.ts';

/** A scheduled run's whole answer, as frames that nobody on this loop parses. */
export interface CollectedRun {
  readonly columns: readonly ResultColumn[];
  readonly rowFrames: readonly Uint8Array[];
  readonly outcome: QueryOutcome;
  /** Monotonic milliseconds; undefined for a run that had no lease. */
  readonly grantedAt_ms: number | undefined;
}

/** Keeps what a worker sends until the run is over. Bounded by the query's `result_mb`. */
export const collectRun = (finished: (run: CollectedRun) => void): RunListener => {
  let columns: readonly ResultColumn[] = [];
  const rowFrames: Uint8Array[] = [];
  let grantedAt_ms: number | undefined;
  return {
    started: (lease) => {
      grantedAt_ms = lease.grantedAt_ms;
    },
    columns: (next) => {
      columns = next;
    },
    rows: (payload) => {
      rowFrames.push(payload);
      return 'more';
    },
    done: (outcome) => finished({ columns, rowFrames, outcome, grantedAt_ms }),
  };
};
