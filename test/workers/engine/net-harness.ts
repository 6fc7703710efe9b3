import { nodeClock } from '../../../platform/node/clock.ts';
import { type Budget, budgetOfLevel } from '../../../protocol/budget.ts';
import type { Cell, ResultColumn } from '../../../protocol/cell.ts';
import type { HostNetwork } from '../../../protocol/host-network.ts';
import { fail } from '../../../protocol/result.ts';
import { rowsOfFrames } from '../../../protocol/row-batches.ts';
import type { Table } from '../../../protocol/table.ts';
import { Engine } from '../../../workers/engine/engine.ts';
import type { EngineOutcome } from '../../../workers/engine/engine-run.ts';
import { RunGuard } from '../../../workers/engine/run-guard.ts';
import type { ScanServices } from '../../../workers/engine/scan-query.ts';
import type { ScanTraces } from '../../../workers/engine/scan-traces.ts';
import { Waiting } from '../../../workers/engine/waiting.ts';
import type { DoorOfRun, OpenNetwork } from '../../../workers/query-runner.ts';
import { noServices, realMeter } from '../harness.ts';

/** A door behind which there is nothing. */
export const noNetwork: HostNetwork = {
  get: () => Promise.resolve(fail({ reason: 'unreachable', message: 'nothing is there' })),
  certificate: () => Promise.resolve(fail({ reason: 'unreachable', message: 'nothing is there' })),
  callBus: () => Promise.resolve(fail({ reason: 'unreachable', message: 'nothing is there' })),
  extensions: {
    rows: async function* () {
      yield [];
      return fail({ reason: 'no_listener', message: 'nothing is there' });
    },
    change: () => Promise.resolve(fail({ reason: 'no_listener', message: 'nothing is there' })),
  },
};

/** A whole result of a run that may wait. */
export interface WaitedAnswer extends EngineOutcome {
  readonly columns: readonly ResultColumn[] | undefined;
  readonly cells: readonly (readonly Cell[])[];
  readonly wall_ms: number;
  /** Aborted: what the run had open was closed. */
  readonly over: AbortSignal;
}

/** What a test asks of one run beyond its SQL. */
export interface WaitingOptions {
  readonly budget?: Partial<Budget>;
  /** Called at each look at a run that waits. */
  readonly stillWanted?: () => void;
  /** The real door, in place of one behind which there is nothing. */
  readonly network?: OpenNetwork;
  readonly services?: Partial<ScanServices>;
  readonly traces?: ScanTraces;
}

/** Opens a real engine of profile `net`; `ask` runs SQL and collects the result. */
export const openNetEngine = async (
  tables: readonly Table[],
): Promise<{ engine: Engine; ask: (sql: string, options?: WaitingOptions) => Promise<WaitedAnswer> }> => {
  const engine = Engine.open(tables, 1024 * 1024 * 1024, 'net');
  return { engine, ask: (sql, options = {}) => ask(engine, sql, options) };
};

const ask = async (engine: Engine, sql: string, options: WaitingOptions): Promise<WaitedAnswer> => {
  const budget = { ...budgetOfLevel['0'], ...options.budget };
  const guard = new RunGuard(budget, realMeter);
  const waiting = new Waiting(guard, nodeClock, options.stillWanted ?? (() => {}));
  let columns: readonly ResultColumn[] | undefined;
  const frames: Buffer[] = [];
  const outcome = await engine.runWaiting({
    sql,
    budget,
    guard,
    services: { ...noServices, ...options.services },
    traces: options.traces,
    waiting: {
      network: options.network?.(doorOf(waiting)) ?? noNetwork,
      until: (promise) => waiting.until(promise),
      reads: () => {},
    },
    sink: {
      columns: (own) => {
        columns = own;
      },
      rows: (frame) => void frames.push(Buffer.from(frame)),
    },
  });
  waiting.end();
  return { ...outcome, columns, cells: rowsOfFrames(frames), wall_ms: guard.wall_ms, over: waiting.over };
};

/** Nothing is counted, and an answer may be of any size. */
const doorOf = ({ over }: Waiting): DoorOfRun => ({
  over,
  received: () => {},
  answerMax_bytes: () => Number.MAX_SAFE_INTEGER,
});
