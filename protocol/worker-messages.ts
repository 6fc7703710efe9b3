import type { Budget } from './budget.ts';
import type { ResultColumn } from './cell.ts';
import type { ConfigTable } from './config-tables.ts';
import type { Attachment } from './extension/attachment.ts';
import type { ExtensionWaits } from './extension/waits.ts';
import type { QueryFailure, RunCost } from './run.ts';
import type { ScanTrace } from './scan-trace.ts';
import type { SupervisorTable } from './supervisor-tables.ts';
import type { TableValue } from './table.ts';
import type { TableChoice } from './table-choice.ts';

/** Version of the channel between supervisor and worker; both sides must name the same one. */
export const workerProtocolVersion = 9;

/** Supervisor to worker. The worker blocks until one arrives. */
export type ToWorker =
  | {
      readonly type: 'hello';
      readonly protocolVersion: number;
      readonly buildId: string;
      /** Absent: all tables are there. */
      readonly tables?: TableChoice;
    }
  /** An extension came: its tables are there from the next query on. Sent between queries only, like `detach`. */
  | { readonly type: 'attach'; readonly extension: Attachment }
  /** It went, and its tables with it. */
  | { readonly type: 'detach'; readonly uuid: number }
  /** The config has changed: what it brought is there no more. Sent between queries only, like `config_table`. */
  | { readonly type: 'forget_config' }
  /** A table or view of the config, which is there from the next query on. */
  | { readonly type: 'config_table'; readonly table: ConfigTable }
  | {
      readonly type: 'query';
      readonly leaseId: string;
      readonly sql: string;
      readonly budget: Budget;
      /** `done` is to tell what each scan gave and cost. */
      readonly trace?: true;
    }
  | { readonly type: 'answer'; readonly rows: readonly Readonly<Record<string, TableValue>>[] }
  | { readonly type: 'exit' };

/**
 * Worker to supervisor. Rows travel as frames of kind `rows` behind the `columns` of their statement: each statement of a
 * text that has columns tells them.
 */
export type FromWorker =
  | {
      readonly type: 'ready';
      readonly protocolVersion: number;
      readonly buildId: string;
      readonly pid: number;
      /** Milliseconds from process start to ready. */
      readonly startup_ms: number;
    }
  | { readonly type: 'columns'; readonly leaseId: string; readonly columns: readonly ResultColumn[] }
  /** Rows of a supervisor's table; `key`: of one thing in it only, so that no answer is long. */
  | { readonly type: 'ask'; readonly table: SupervisorTable; readonly key?: string }
  /** Before a query: a table or view of the config is not there, or cannot be read. */
  | { readonly type: 'config_refused'; readonly name: string; readonly message: string }
  /** Nothing has run: the query reads a table that needs a socket, and this worker may not open one. */
  | { readonly type: 'needs_net'; readonly leaseId: string; readonly retained_bytes: number }
  /** The statement is prepared, nothing of it has run: it reads or writes tables of these extensions. */
  | { readonly type: 'reads'; readonly leaseId: string; readonly uuids: readonly number[] }
  /**
   * A call of an extension has lasted for its decisive share of the run's time, or has ended after that. Told at once:
   * the supervisor may have to end the run before the worker can.
   */
  | { readonly type: 'waits'; readonly leaseId: string; readonly waits: ExtensionWaits }
  | {
      readonly type: 'done';
      readonly leaseId: string;
      /** Absent when the query succeeded. */
      readonly failure?: QueryFailure;
      readonly cost: RunCost;
      /** Absent when the run called no extension. */
      readonly waits?: ExtensionWaits;
      readonly warnings: readonly string[];
      /** Present when the query asked for it. */
      readonly trace?: readonly ScanTrace[];
      /** Memory that stayed after collection, over the worker's baseline. The supervisor recycles on it. */
      readonly retained_bytes: number;
    };
