import type { Clock } from '../../platform/clock.ts';
import type { CompletedRun, Ledger, QueryPerformance } from '../../platform/ledger.ts';
import { ok } from '../../protocol/result.ts';

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
        performance: performanceOf(name, count),
      });
    },
    deliver: async () => ok({ delivered: 0, pending: 0, problem: undefined, notices: [] }),
    retain: async () => ok(undefined),
    close: async () => undefined,
  };
};

const performanceOf = (name: string, executions: number): QueryPerformance => ({
  name,
  executions,
  last_executed_unix_s: 0,
  wall_time_ms: 0,
  last_wall_time_ms: 0,
  user_time_ms: 0,
  last_user_time_ms: 0,
  system_time_ms: 0,
  last_system_time_ms: 0,
  average_memory_bytes: 0,
  last_memory_bytes: 0,
  output_size_bytes: 0,
});
