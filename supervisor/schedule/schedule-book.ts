import type { QueryPerformance } from '../../platform/ledger.ts';
import type { LimitOverride } from '../../protocol/limit-override.ts';
import type { EffectiveLimits } from '../../protocol/limits.ts';
import type { LostStart, RunFault } from '../../protocol/why.ts';
import type { ScheduledQuery } from '../config/config.ts';
import { overlaid } from '../limits/effective.ts';
import { sqlHashOf } from '../workforce/run-request.ts';

/** What the next run of a query may cost, and the hash that its record goes by. */
export interface LimitsInForce {
  /** Those of the query, with an override laid over them. */
  readonly limits: EffectiveLimits;
  readonly override: LimitOverride | undefined;
  readonly sqlHash: string;
}

/** What is known of one scheduled query besides its text. */
export interface ScheduleEntry extends LimitsInForce {
  readonly query: ScheduledQuery;
  readonly scope: string;
  readonly splayed_s: number;
  /** Where in the splayed interval it starts. */
  readonly offset_ms: number;
  /** The run that is under way: from the moment it is due until its result is in the ledger or failed. */
  readonly run: string | undefined;
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
  /** How long after its splayed start the last run had its lease: it waited for a worker, or the host was busy. */
  readonly lastStartDrift_ms?: number;
  readonly performance: QueryPerformance | undefined;
}

/** The limits of a query's next run. */
export const limitsInForce = (query: ScheduledQuery, override: LimitOverride | undefined): LimitsInForce => {
  const own = { budget: query.budget, origins: query.origins };
  const limits = override === undefined ? own : overlaid(own, 'override', override.limits);
  return { limits, override, sqlHash: sqlHashOf(query.sql, limits.budget) };
};

/** The schedule as data: written by the scheduler and the recorder, read by tables and status. */
export class ScheduleBook {
  #entries = new Map<string, ScheduleEntry>();

  /** Lines that are committed and not yet in a log. */
  spooledLines = 0;

  /** Puts another schedule in the place of this one, in one step. */
  replace(entries: readonly ScheduleEntry[]): void {
    this.#entries = new Map(entries.map((entry) => [entry.query.name, entry]));
  }

  update(name: string, change: Partial<Omit<ScheduleEntry, 'query'>>): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) this.#entries.set(name, { ...entry, ...change });
  }

  /** Sets or takes off an override: for the next run of the query. */
  override(name: string, override: LimitOverride | undefined): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) this.update(name, limitsInForce(entry.query, override));
  }

  /** A run came to its end. Another one that began meanwhile (the query went and came back) goes on. */
  finish(name: string, run: string, change: Partial<Omit<ScheduleEntry, 'query' | 'run'>>): void {
    this.update(name, { ...change, ...(this.get(name)?.run === run ? { run: undefined } : {}) });
  }

  get(name: string): ScheduleEntry | undefined {
    return this.#entries.get(name);
  }

  entries(): readonly ScheduleEntry[] {
    return [...this.#entries.values()];
  }
}
