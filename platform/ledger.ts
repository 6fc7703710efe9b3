import type { Result } from '../protocol/result.ts';
import type { StatementFrames } from '../protocol/row-batches.ts';
import type { RunCost } from '../protocol/run.ts';
import type { StoreFailure } from './guard-store.ts';
import type { ResultLog } from './results-store.ts';

/** How result lines are written (osquery's logger_* flags; reference: result log formats). */
export interface LineOptions {
  readonly hostIdentifier: string;
  /** `logger_event_type`: one line per row instead of one per run. */
  readonly eventLines: boolean;
  /** `logger_snapshot_event_type`. */
  readonly snapshotEventLines: boolean;
  /** `logger_numerics`. */
  readonly numerics: boolean;
  /** What stands for NULL. */
  readonly nullvalue: string;
  /** `schedule_epoch`. */
  readonly epoch: number;
  readonly decorations: Readonly<Record<string, string>>;
  readonly decorationsTopLevel: boolean;
}

/** A finished scheduled run on its way into the ledger. */
export interface CompletedRun {
  /** Logged name: the schedule name or `pack_<pack>_<name>`. */
  readonly name: string;
  readonly sql: string;
  readonly snapshot: boolean;
  /** `removed: false` suppresses removed rows, not the new baseline. */
  readonly removed: boolean;
  /** Statement by statement, as the worker sent them. */
  readonly results: readonly StatementFrames[];
  readonly finished_unix_ms: number;
  readonly cost: RunCost;
  readonly lines: LineOptions;
}

/** What a run changed. */
export interface CommittedRun {
  readonly rows: number;
  readonly added: number;
  readonly removed: number;
  readonly lines: number;
  readonly counter: number;
}

/** Statistics of a scheduled query as `osquery_schedule` shows them. Sums since the SQL last changed. */
export interface QueryPerformance {
  readonly name: string;
  readonly executions: number;
  readonly last_executed_unix_s: number;
  readonly wall_time_ms: number;
  readonly last_wall_time_ms: number;
  readonly user_time_ms: number;
  readonly last_user_time_ms: number;
  readonly system_time_ms: number;
  readonly last_system_time_ms: number;
  readonly average_memory_bytes: number;
  readonly last_memory_bytes: number;
  readonly output_size_bytes: number;
}

/** What opening found and repaired. Each string is a sentence for the status log. */
export interface LedgerOpening {
  readonly notices: readonly string[];
  readonly performance: readonly QueryPerformance[];
}

/** What delivery did. `pending` lines wait in the spool when a sink failed; `problem` says why. */
export interface Delivery {
  readonly delivered: number;
  readonly pending: number;
  readonly problem: string | undefined;
  /** What was found about the log files; sentences for the status log. */
  readonly notices: readonly string[];
}

/** Lines for a logger plugin. */
export interface LoggerBatch {
  readonly lines: readonly LoggerLine[];
  /** Lines that some logger has not acknowledged. */
  readonly pending: number;
  /** Lines that are longer than what a plugin gets. */
  readonly tooLong: number;
}

/** One line for a logger plugin; a long one as UTF-8, since turning it into a text takes time. */
export interface LoggerLine {
  readonly id: number;
  readonly log: ResultLog;
  readonly line: string | Uint8Array;
}

/**
 * Baselines and spool (`results.db`) and the file sinks, all on one store thread. A run's new baseline and its
 * spooled lines are one transaction; the sink acknowledges afterwards, so a kill at any moment loses and repeats
 * no line. No promise is ever rejected: what fails is a value.
 */
export interface Ledger {
  open(): Promise<Result<LedgerOpening, StoreFailure>>;
  /** Compares, stores baseline, lines and statistics in one transaction. Delivery is a call of its own. */
  commit(
    run: CompletedRun,
  ): Promise<Result<{ run: CommittedRun; performance: QueryPerformance }, StoreFailure>>;
  /** Spools lines that are of no query: what an extension gives the loggers. */
  append(log: ResultLog, lines: readonly string[]): Promise<Result<void, StoreFailure>>;
  /**
   * Writes spooled lines to the result and snapshot logs and acknowledges them; then drops the oldest of those that wait
   * for a logger, when they are too many.
   */
  deliver(): Promise<Result<Delivery, StoreFailure>>;
  /** Acknowledges what a logger plugin took, up to and with `lastId`, and hands out what comes next; without lines: all is taken. */
  take(logger: string, lastId: number | undefined): Promise<Result<LoggerBatch, StoreFailure>>;
  /** Forgets queries that left the config. */
  retain(names: readonly string[]): Promise<Result<void, StoreFailure>>;
  close(): Promise<void>;
}
