import { nodeClock } from '../platform/node/clock.ts';
import { type Budget, budgetOfLevel } from '../protocol/budget.ts';
import type { HostNetwork } from '../protocol/host-network.ts';
import { noServices, realMeter } from '../test/workers/harness.ts';
import type { Engine } from '../workers/engine/engine.ts';
import type { EngineOutcome } from '../workers/engine/engine-run.ts';
import { RunGuard } from '../workers/engine/run-guard.ts';
import { Waiting } from '../workers/engine/waiting.ts';

/** No statement of a benchmark is stopped for what it costs. */
const budget: Budget = { ...budgetOfLevel['-1'], rows: 1e9, result_mb: 1e6 };
const sink = { columns: () => {}, rows: () => {} };

/** What an engine of a benchmark may take. */
export const engineMemoryMax_bytes: number = 1024 * 1024 * 1024;

/** Encoded bytes of the result, which nobody can make without the work; throws when the statement failed. */
const bytesOf = ({ failure, result_bytes }: EngineOutcome): number => {
  if (failure !== undefined) throw new Error(failure.message);
  return result_bytes;
};

/** Runs a statement to its end; its rows are encoded and thrown away. Gives their bytes; throws when it fails. */
export const runStatement = (engine: Engine, sql: string): number =>
  bytesOf(engine.run({ sql, budget, guard: new RunGuard(budget, realMeter), services: noServices, sink }));

/** The same in an engine whose tables may wait for a network. */
export const runWaitingStatement = async (
  engine: Engine,
  sql: string,
  networkOf: (over: AbortSignal) => HostNetwork,
): Promise<number> => {
  const guard = new RunGuard(budget, realMeter);
  const waiting = new Waiting(guard, nodeClock, () => {});
  const outcome = await engine.runWaiting({
    sql,
    budget,
    guard,
    services: noServices,
    sink,
    waiting: {
      network: networkOf(waiting.over),
      until: (promise) => waiting.until(promise),
      reads: () => {},
    },
  });
  waiting.end();
  return bytesOf(outcome);
};
