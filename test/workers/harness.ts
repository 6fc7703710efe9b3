import { type Budget, budgetOfLevel } from '../../protocol/budget.ts';
import type { Cell, ResultColumn } from '../../protocol/cell.ts';
import type { HostFiles } from '../../protocol/host-files.ts';
import { rowsOfFrames, type StatementFrames } from '../../protocol/row-batches.ts';
import type { Table } from '../../protocol/table.ts';
import { Engine } from '../../workers/engine/engine.ts';
import type { EngineOutcome } from '../../workers/engine/engine-run.ts';
import { type Meter, RunGuard } from '../../workers/engine/run-guard.ts';
import type { ScanServices } from '../../workers/engine/scan-query.ts';
import type { ScanTraces } from '../../workers/engine/scan-traces.ts';

/** The real clock and CPU time of this process. */
export const realMeter: Meter = {
  monotonicMs: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { user_ms: user / 1000, system_ms: system / 1000 };
  },
  exitIfOrphaned: () => {},
  pause: () => {},
};

/** Tables of these tests touch no files: every answer is "not there". */
const noFiles: HostFiles = {
  readBytes: () => undefined,
  readText: () => undefined,
  readChunks: () => false,
  open: () => undefined,
  openMemory: () => undefined,
  list: () => undefined,
  entries: () => undefined,
  readLink: () => undefined,
  descriptors: () => undefined,
  stat: () => undefined,
  lstat: () => undefined,
  statfs: () => undefined,
  realPath: () => undefined,
  within: () => noFiles,
};

/** Services for tables that ask for nothing. */
export const noServices: ScanServices = {
  files: noFiles,
  host: {
    uid: 0,
    clockTicksPerSecond: 100,
    page_bytes: 4096,
    wallClockMs: () => 0,
    networkInterfaces: () => ({}),
  },
  askSupervisor: () => [],
  warn: () => {},
};

/** What a test asks of one run beyond its SQL. */
export interface AskOptions {
  readonly budget?: Partial<Budget>;
  readonly meter?: Meter;
  readonly services?: Partial<ScanServices>;
  readonly traces?: ScanTraces;
}

/** A whole result. */
export interface Answer extends EngineOutcome {
  /** Of the last statement. */
  readonly columns: readonly ResultColumn[] | undefined;
  /** Of all statements. */
  readonly cells: readonly (readonly Cell[])[];
  /** The same, statement by statement. */
  readonly results: readonly StatementFrames[];
  /** The size of each. */
  readonly frames: readonly number[];
}

/** Opens a real engine over the tables; `ask` runs SQL and collects the result. */
export const openEngine = async (
  tables: readonly Table[],
): Promise<{ engine: Engine; ask: (sql: string, options?: AskOptions) => Answer }> => {
  const engine = Engine.open(tables, 1024 * 1024 * 1024);
  return { engine, ask: (sql, options = {}) => ask(engine, sql, options) };
};

const ask = (engine: Engine, sql: string, options: AskOptions): Answer => {
  const budget = { ...budgetOfLevel['0'], ...options.budget };
  const results: (StatementFrames & { rowFrames: Uint8Array[] })[] = [];
  const outcome = engine.run({
    sql,
    budget,
    guard: new RunGuard(budget, options.meter ?? realMeter),
    services: { ...noServices, ...options.services },
    traces: options.traces,
    sink: {
      columns: (columns) => void results.push({ columns, rowFrames: [] }),
      rows: (frame) => void results.at(-1)?.rowFrames.push(Buffer.from(frame)),
    },
  });
  const frames = results.flatMap(({ rowFrames }) => rowFrames);
  return {
    ...outcome,
    columns: results.at(-1)?.columns,
    cells: rowsOfFrames(frames),
    results,
    frames: frames.map(({ length }) => length),
  };
};
