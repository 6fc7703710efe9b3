import { hash } from 'node:crypto';
import { type Budget, budgetNames } from '../../protocol/budget.ts';
import type { ResultColumn } from '../../protocol/cell.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { Lane, Lease } from '../../protocol/lease.ts';

/** Who wants the rows of a run. Called on the guard's loop: every call must be quick. */
export interface RunListener {
  /** Set: the outcome is to tell what each scan of a table gave and cost. */
  readonly wantsTrace?: boolean;
  /** The lease is stored and the query is on its way to a worker. */
  started?(lease: Lease): void;
  /** Of each statement, before its rows. */
  columns(columns: readonly ResultColumn[]): void;
  /** `wait` stops reading from the worker until the run is resumed; that time is not charged to the query. */
  rows(payload: Buffer): 'more' | 'wait';
  /** Last call, exactly once, whatever happened. */
  done(outcome: QueryOutcome): void;
}

/** A wish to run one statement under a budget. */
export interface RunRequest {
  readonly requestId: string;
  readonly queryId: string;
  readonly scope: string;
  readonly sql: string;
  readonly sqlHash: string;
  readonly lane: Lane;
  readonly budget: Budget;
  /** False: the query is stopped like any other, but never denied (`denylist: false`). */
  readonly mayBeDenied: boolean;
  /** See `Lease`. */
  readonly cpuPercentFrom_ms?: number;
  /** Workers that were given it and were gone before it began. */
  readonly lostWorkers?: number;
  readonly listener: RunListener;
}

/** SHA-256 over SQL and limits, in hex: a query that changed either starts with a clean record. */
export const sqlHashOf = (sql: string, budget: Budget): string => {
  const limits = budgetNames.map((name) => `\0${name}=${budget[name]}`);
  return hash('sha256', sql + limits.join(''));
};
