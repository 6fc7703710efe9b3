import type { QueryPerformance } from '../../platform/ledger.ts';
import type { LostStart, RunFault } from '../../protocol/why.ts';
import type { ScheduledQuery } from '../config/config.ts';

/** What is known of one scheduled query besides its text. */
export interface ScheduleEntry {
  readonly query: ScheduledQuery;
  readonly scope: string;
  readonly sqlHash: string;
  readonly splayed_s: number;
  /** True from the moment it is handed over until its result is in the ledger or failed. */
  readonly running: boolean;
  /** Starts that fell away because the former run was not over or the host was under pressure. */
  readonly skipped: number;
  /** Starts that were put off because the host was under pressure. */
  readonly deferred: number;
  /** Why the last run gave nothing; empty after a good one. */
  readonly lastFailure: string;
  /** The last run that gave nothing, the last start that fell away, and the last one that was put off. */
  readonly lastFault?: RunFault;
  readonly lastSkip?: LostStart;
  readonly lastDeferral?: LostStart;
  readonly performance: QueryPerformance | undefined;
}

/** The schedule as data: written by the scheduler and the recorder, read by tables and status. */
export class ScheduleBook {
  #entries = new Map<string, ScheduleEntry>();

  /** Lines that are committed and not yet in a log. */
  spooledLines = 0;

  /** Replaces the schedule; statistics of queries that stay are kept. */
  replace(entries: readonly ScheduleEntry[]): void {
    this.#entries = new Map(entries.map((entry) => [entry.query.name, entry]));
  }

  update(name: string, change: Partial<Omit<ScheduleEntry, 'query'>>): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) this.#entries.set(name, { ...entry, ...change });
  }

  get(name: string): ScheduleEntry | undefined {
    return this.#entries.get(name);
  }

  entries(): readonly ScheduleEntry[] {
    return [...this.#entries.values()];
  }
}
