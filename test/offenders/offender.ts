import type { Budget } from '../../protocol/budget.ts';
import type { VerdictReason } from '../../protocol/verdict.ts';
import type { Ground } from './ground.ts';

/** What must become of a query. */
export type Expected =
  /** Stopped by a limit that counts as a strike: denied after so many stops. Any of the reasons is right. */
  | { readonly kind: 'denied'; readonly reasons: readonly VerdictReason[]; readonly after: number }
  /** Stopped by a cap of what it may answer: that run fails, and no run is a strike. */
  | { readonly kind: 'capped'; readonly reason: VerdictReason }
  /** SQLite or a function refuses it before it costs anything; nothing is to be judged. */
  | { readonly kind: 'refused'; readonly message: RegExp }
  /** It answers and is not judged: an innocent, or an offender that the engine takes the sting out of. */
  | { readonly kind: 'answered' };

/** What somebody does to the worker or to the host while the query runs. */
export type Circumstance =
  /** SIGSTOP and, after a time, SIGCONT to its worker, as an operator or a debugger would. */
  | { readonly kind: 'worker_stopped'; readonly for_ms: number }
  /** Processes beside it that compute without end: as many as the host has cores. */
  | { readonly kind: 'loaded_host' };

/** One kind of query, innocent or not, and what must become of it. */
export interface Offender {
  /** Lower case with underscores; unique in the catalogue. */
  readonly name: string;
  /** The statement, or undefined where this host has no ground for it; `ground.lacking` then says what is missing. */
  readonly sql: (ground: Ground) => string | undefined;
  readonly expected: Expected;
  /** Why that is right. */
  readonly why: string;
  /** Does it take more than its budget? Innocents are those that must never be stopped. */
  readonly guilty: boolean;
  /** Limits of its own, over those of level 0. */
  readonly limits?: Partial<Budget>;
  /** Lower limits with which it is over in less than a second; absent: it is quick as it is, or runs in the long form only. */
  readonly short?: Partial<Budget> | 'as it is';
  readonly circumstance?: Circumstance;
  /** How often it runs in a row; 1 where absent. A denied one runs until it is denied. */
  readonly times?: number;
  /** It would go on as it did if nobody stopped it: what the rule of osquery is then shown. */
  readonly endless?: true;
  /** It would have lasted so many times as long if nobody had stopped it; for one that is not endless. */
  readonly wouldLast?: number;
}

/** Denied at the first stop: the query cost the host a whole budget. */
export const deniedAtOnce = (...reasons: readonly VerdictReason[]): Expected => ({
  kind: 'denied',
  reasons,
  after: 1,
});

/** The numbers 1 … `rows`, or without end, as the table `n(i)`. */
export const numbers = (rows?: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n${rows === undefined ? '' : ` LIMIT ${rows}`})`;
