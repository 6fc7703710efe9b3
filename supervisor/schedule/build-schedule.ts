import type { GuardStore, Splay, StoreFailure } from '../../platform/guard-store.ts';
import type { QueryPerformance } from '../../platform/ledger.ts';
import type { Random } from '../../platform/random.ts';
import type { LimitOverride } from '../../protocol/limit-override.ts';
import { ok, type Result } from '../../protocol/result.ts';
import type { ScheduledQuery } from '../config/config.ts';
import { splayedInterval, splayedOffset_ms } from '../config/splay.ts';
import { limitsInForce, type ScheduleEntry } from './schedule-book.ts';

/** What the schedule is drawn with. */
export interface ScheduleDeps {
  readonly store: GuardStore;
  readonly random: Random;
  readonly splayPercent: number;
  readonly overrideOf: (name: string) => LimitOverride | undefined;
}

/** What is known of a query that was in the schedule before, or ran in an earlier life. */
export type Former = Partial<ScheduleEntry>;

/** Scope in which a scheduled query is denied. */
export const scheduleScope = (name: string): string => `schedule:${name}`;

/** Joins the config's queries with what is known of them: drawn intervals, counters, statistics, overrides. */
export const buildSchedule = (
  queries: readonly ScheduledQuery[],
  formerOf: (query: ScheduledQuery) => Former,
  deps: ScheduleDeps,
): Result<readonly ScheduleEntry[], StoreFailure> => {
  const stored = deps.store.splays();
  if (!stored.ok) return stored;
  const splays = new Map(stored.value.map((splay) => [splay.queryId, splay]));
  const drawn: Splay[] = [];
  const entries = queries.map((query): ScheduleEntry => {
    const former = splays.get(query.name);
    const kept = former?.interval_s === query.interval_s ? former : undefined;
    const { splayed_s, offset_ms } = kept ?? drawSplay(query, deps);
    if (kept === undefined)
      drawn.push({ queryId: query.name, interval_s: query.interval_s, splayed_s, offset_ms });
    return {
      run: undefined,
      skipped: 0,
      deferred: 0,
      lastFailure: '',
      performance: undefined,
      ...formerOf(query),
      // What config, overrides and draws say is said anew.
      query,
      scope: scheduleScope(query.name),
      ...limitsInForce(query, deps.overrideOf(query.name)),
      splayed_s,
      offset_ms,
    };
  });
  if (drawn.length === 0) return ok(entries);
  // A schedule that cannot be had whole leaves no draw behind: the next one would take it for the rhythm in force.
  const put = deps.store.putSplays(drawn);
  return put.ok ? ok(entries) : put;
};

const drawSplay = (
  { interval_s }: ScheduledQuery,
  deps: ScheduleDeps,
): Pick<Splay, 'splayed_s' | 'offset_ms'> => {
  const { random, splayPercent } = deps;
  const splayed_s = splayedInterval(interval_s, splayPercent, random.fraction());
  const offset_ms = splayedOffset_ms(splayed_s, splayPercent, random.fraction());
  return { splayed_s, offset_ms };
};

/** By the statistics of earlier lives. */
export const formerLife = (performance: readonly QueryPerformance[]): ((query: ScheduledQuery) => Former) => {
  const byName = new Map(performance.map((entry) => [entry.name, entry]));
  return ({ name }) => ({ performance: byName.get(name) });
};

/**
 * By the schedule that is replaced. A run that is under way goes on, under the terms that it began with; statistics
 * and counters belong to the SQL and begin anew with another one.
 */
export const formerEntry =
  (get: (name: string) => ScheduleEntry | undefined): ((query: ScheduledQuery) => Former) =>
  ({ name, sql }) => {
    const entry = get(name);
    if (entry === undefined) return {};
    return entry.query.sql === sql ? entry : { run: entry.run };
  };
