import { BudgetExceeded } from '../../protocol/budget-exceeded.ts';
import type { HostNetwork } from '../../protocol/host-network.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import { result } from './codes.ts';
import type { Plan } from './plan.ts';
import type { RunGuard } from './run-guard.ts';
import type { Until } from './scan-cursor.ts';
import type { TableServices } from './scan-query.ts';
import type { ScanTraces } from './scan-traces.ts';
import type { TableShape } from './table-shape.ts';
import { WasmOutOfMemory } from './wasm-memory.ts';

/** What a run lends to the tables that it waits for. */
export interface WaitingServices {
  readonly network: HostNetwork;
  readonly until: Until;
  /** Told once, before anything runs, which extensions the run reads or writes, if any. */
  readonly reads: (uuids: readonly number[]) => void;
}

/** What the tables of one run share. `failure` is what a table made of it, in words better than SQLite's. */
export interface TableRun {
  readonly guard: RunGuard;
  readonly services: TableServices;
  /** Undefined where no statement may wait. */
  readonly waiting: WaitingServices | undefined;
  /** Undefined unless somebody asked for it. */
  readonly traces: ScanTraces | undefined;
  failure: QueryFailure | undefined;
  /** A WebAssembly that a table uses trapped: its memory cannot be trusted any more. */
  trapped: boolean;
}

/** The run that is open, for the callbacks of the tables, and what was planned in it. */
export class CurrentRun {
  run: TableRun | undefined;
  /** By the number that xBestIndex gives to a plan and xFilter is given. */
  plans: Plan[] = [];
  /** Extensions whose tables the run reads or writes. */
  readonly extensions: Set<number> = new Set();
  /** Whether the statement that is prepared writes a table. */
  isWriting = false;
  #usesOfNet = 0;

  begin(run: TableRun): void {
    this.run = run;
    this.plans = [];
    this.extensions.clear();
  }

  end(): void {
    this.run = undefined;
    this.plans = [];
  }

  /** Uses of tables that need a socket that were planned so far: it grows when such a statement is prepared. */
  get usesOfNet(): number {
    return this.#usesOfNet;
  }

  /** Notes that the statement which is prepared uses a table. */
  uses({ needsNet, source }: TableShape): void {
    if (needsNet) this.#usesOfNet += 1;
    if (source.kind === 'extension') this.extensions.add(source.extension.uuid);
  }

  /** Keeps the cause of a failed callback and gives the code that ends the statement. */
  failed(error: unknown, shape: TableShape | undefined): number {
    return noteFailure(this.run, error, shape);
  }

  /** The same for a callback that is handed its end later, when the run may be over: then nobody reads it any more. */
  closing(shape: TableShape): (end: Promise<unknown>) => void {
    const { run } = this;
    return (end) => void end.catch((error: unknown) => noteFailure(run, error, shape));
  }
}

/** What others say may be megabytes long; a failure is read by a person. */
const longestCause_chars = 1_000;

/** A sentence that has words of others in it. */
export const shortened = (text: string): string =>
  text.length <= longestCause_chars ? text : `${text.slice(0, longestCause_chars)}…`;

const noteFailure = (run: TableRun | undefined, error: unknown, shape: TableShape | undefined): number => {
  if (error instanceof BudgetExceeded) {
    run?.guard.exceed(error);
    return result.interrupt;
  }
  if (error instanceof WasmOutOfMemory) return result.noMemory;
  if (run !== undefined && error instanceof WebAssembly.RuntimeError) run.trapped = true;
  const title = shape?.title ?? 'table unknown';
  const cause = shortened(error instanceof Error ? error.message : String(error));
  if (run !== undefined) run.failure ??= { reason: 'table_error', message: `${title} failed: ${cause}` };
  return result.error;
};
