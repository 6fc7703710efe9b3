import type { BudgetName } from './budget.ts';
import type { ResultColumn } from './cell.ts';
import type { Denial } from './denial.ts';
import type { ExtensionStatus } from './extension/state.ts';
import type { LimitOverride } from './limit-override.ts';
import type { LimitOrigin, Limits } from './limits.ts';
import type { ReloadReport } from './reload.ts';
import type { QueryFailure, RunCost } from './run.ts';
import type { ScanTrace } from './scan-trace.ts';
import type { WhyAnswer } from './why.ts';

/** Version of the control socket's protocol; both sides must name the same one. */
export const controlProtocolVersion = 3;

/** A client of the control socket to the daemon, as control frames. One query at a time a connection. */
export type ToDaemon =
  | { readonly type: 'hello'; readonly protocolVersion: number }
  /** `trace`: the outcome is to tell what each scan of a table gave and cost. */
  | { readonly type: 'query'; readonly sql: string; readonly trace?: true }
  /** Stops the query that runs on this connection, if one does; its `done` says so. */
  | { readonly type: 'cancel' }
  | { readonly type: 'status' }
  | { readonly type: 'denylist_list' }
  /** Why a query runs or does not: a logged name, a pack, `adhoc`, or the beginning of one name. */
  | { readonly type: 'why'; readonly name: string }
  /** Every record whose query name is `name`; all records when it is absent. */
  | { readonly type: 'denylist_clear'; readonly name?: string }
  /** Denies a scheduled query by its logged name, or an extension by its name. */
  | { readonly type: 'denylist_add'; readonly name: string; readonly for_ms: number }
  /** Overrides limits of a scheduled query for a time. `uid`: who asks, as the client knows it. */
  | {
      readonly type: 'limit_set';
      readonly name: string;
      readonly limits: Limits;
      readonly for_ms: number;
      readonly uid?: number;
    }
  | { readonly type: 'limit_clear'; readonly name: string }
  | { readonly type: 'limit_list' }
  /** Reads the config again. */
  | { readonly type: 'reload' };

/** The daemon to a client. Rows travel as frames of kind `rows` behind the `columns` of their statement. */
export type FromDaemon =
  | {
      readonly type: 'hello';
      readonly protocolVersion: number;
      readonly version: string;
      readonly pid: number;
    }
  | { readonly type: 'columns'; readonly columns: readonly ResultColumn[] }
  | ({ readonly type: 'done' } & QueryOutcome)
  | ({ readonly type: 'status' } & DaemonStatus)
  | { readonly type: 'denials'; readonly denials: readonly Denial[] }
  | { readonly type: 'denylist_changed'; readonly records: number }
  | ({ readonly type: 'why' } & WhyAnswer)
  /** Overrides in force, or those that a change was about. */
  | { readonly type: 'overrides'; readonly overrides: readonly LimitOverride[] }
  | ({ readonly type: 'reloaded' } & ReloadReport)
  | { readonly type: 'refused'; readonly message: string };

/** How a query ended; `failure` is absent when it succeeded. */
export interface QueryOutcome {
  readonly failure?: QueryFailure;
  readonly cost: RunCost;
  readonly warnings: readonly string[];
  /** Present when it was asked for and the run came to an end. */
  readonly trace?: readonly ScanTrace[];
}

/** What `leash status` shows. */
export interface DaemonStatus {
  readonly pid: number;
  readonly version: string;
  readonly uptime_ms: number;
  readonly config_path: string;
  readonly database_path: string;
  readonly logger_path: string;
  /** Those of packs that are for this host. */
  readonly scheduled_queries: number;
  readonly denied_queries: number;
  readonly config_hash: string;
  /** False while the config's files hold something that was refused: the config before it is in force. */
  readonly config_valid: boolean;
  /** False: osquery's `disable_watchdog`. */
  readonly watchdog_enabled: boolean;
  /** What scheduled queries may cost where that does not come from the level, by name and limit. */
  readonly limits: readonly QueryLimit[];
  /** Measured every ten seconds; null before the first look. */
  readonly supervisor_rss_bytes: number | null;
  /** Percent of one core between the last two looks; null until there were two. */
  readonly supervisor_cpu_percent: number | null;
  /** Lines that are committed and not yet in a log. */
  readonly spooled_lines: number;
  readonly workers: readonly WorkerStatus[];
  readonly extensions: readonly ExtensionStatus[];
  /** The supervision tree as text, one actor a line. */
  readonly actor_tree: string;
}

/** One limit of one scheduled query. */
export interface QueryLimit {
  readonly query: string;
  readonly limit: BudgetName;
  readonly value: number;
  readonly origin: LimitOrigin;
  /** When an override is over, Unix milliseconds; null for every other origin. */
  readonly until_unix_ms: number | null;
}

/** `unkillable`: it survived SIGKILL (blocked in the kernel) and left its lane. */
export type WorkerState = 'starting' | 'idle' | 'leased' | 'draining' | 'unkillable' | 'dead';

/** One worker as `leash status` and `leash_workers` show it. */
export interface WorkerStatus {
  readonly pid: number;
  readonly state: WorkerState;
  readonly lane: string;
  readonly query: string;
  readonly started_unix_ms: number;
  readonly queries: number;
  readonly private_bytes: number;
  readonly cpu_ms: number;
}

/** Receives the rows of a query while it runs. */
export interface RowListener {
  /** Of each statement, before its rows. */
  columns(columns: readonly ResultColumn[]): void;
  /** A batch: a JSON array of rows (see `CellRow`), as the worker encoded it. */
  rows(batch: Uint8Array): void;
}

/** What may be asked of a run beside its rows. */
export interface QueryWish {
  /** Stops the run when it is aborted; the outcome is then a failure `cancelled`, unless the run was over before. */
  readonly signal?: AbortSignal;
  /** The outcome is to tell what each scan of a table gave and cost. */
  readonly trace?: boolean;
}

/** Who answers queries: a daemon behind its control socket, or a supervisor in this process. */
export interface QueryService {
  query(sql: string, listener: RowListener, wish?: QueryWish): Promise<QueryOutcome>;
  close(): Promise<void>;
}
