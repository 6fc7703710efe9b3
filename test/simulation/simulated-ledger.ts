import type { Clock } from '../../platform/clock.ts';
import type { CompletedRun, Ledger } from '../../platform/ledger.ts';
import { ok } from '../../protocol/result.ts';
import { noPerformance } from '../../supervisor/ledger/performance.ts';

/** A ledger that commits at once and notes what it was given. */
export interface SimulatedLedger extends Ledger {
  readonly committed: readonly CommittedAt[];
}

interface CommittedAt extends Pick<CompletedRun, 'name'> {
  readonly at_ms: number;
}

export const simulatedLedger = (clock: Clock): SimulatedLedger => {
  const committed: CommittedAt[] = [];
  const executions = new Map<string, number>();
  return {
    committed,
    open: async () => ok({ notices: [], performance: [] }),
    commit: async ({ name, rowFrames }) => {
      committed.push({ name, at_ms: clock.monotonicMs() });
      const count = (executions.get(name) ?? 0) + 1;
      executions.set(name, count);
      const rows = rowFrames.length;
      return ok({
        run: { rows, added: 0, removed: 0, lines: 0, counter: 0 },
        performance: { ...noPerformance(name), executions: count },
      });
    },
    deliver: async () => ok({ delivered: 0, pending: 0, problem: undefined, notices: [] }),
    retain: async () => ok(undefined),
    close: async () => undefined,
  };
};
