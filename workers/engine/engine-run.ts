import type { Budget } from '../../protocol/budget.ts';
import type { ResultColumn } from '../../protocol/cell.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import type { RunGuard } from './run-guard.ts';
import type { ScanServices } from './scan-query.ts';
import type { ScanTraces } from './scan-traces.ts';
import type { WaitingServices } from './table-run.ts';

/** Takes a result while it is made. */
export interface ResultSink {
  /**
   * Of each statement that has columns, before its rows; of none once, where no statement has any. Not called for one that
   * fails before its first row.
   */
  columns(columns: readonly ResultColumn[]): void;
  /** A frame of a batch (protocol/row-batches.ts). Valid during the call only. */
  rows(frame: Uint8Array): void;
}

/** One run: what to run, under which limits, with what lent to the tables. */
export interface EngineRun {
  readonly sql: string;
  readonly budget: Budget;
  readonly guard: RunGuard;
  readonly services: ScanServices;
  /** Watches the scans of this run. */
  readonly traces?: ScanTraces | undefined;
  readonly sink: ResultSink;
}

/** A run that may wait for tables that need a socket. */
export interface WaitingRun extends EngineRun {
  readonly waiting: WaitingServices;
}

/** How a run ended. */
export interface EngineOutcome {
  readonly failure: QueryFailure | undefined;
  /** Nothing has run: a statement reads a table that needs a socket, and this run may not wait. */
  readonly needsNet: boolean;
  readonly rows: number;
  /** Encoded result. */
  readonly result_bytes: number;
}
