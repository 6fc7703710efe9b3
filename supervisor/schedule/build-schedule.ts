import type { GuardStore, StoreFailure } from '../../platform/guard-store.ts';
import type { QueryPerformance } from '../../platform/ledger.ts';
import type { Random } from '../../platform/random.ts';
import { ok, type Result } from '../../protocol/result.ts';
import type { ScheduledQuery } from '../config/config.ts';
import { splayedInterval } from '../config/splay.ts';
import { sqlHashOf } from '../workforce/run-request.ts';
import type { ScheduleEntry } from './schedule-book.ts';

/** What the schedule is drawn with. */
export interface ScheduleDeps {
  readonly store: GuardStore;
  readonly random: Random;
  readonly splayPercent: number;
}

/** Scope in which a scheduled query is denied. */
export const scheduleScope = (name: string): string => `schedule:${name}`;

/** Joins the config's queries with what earlier lives stored: drawn intervals and statistics. */
export const buildSchedule = (
  queries: readonly ScheduledQuery[],
  performance: ReadonlyMap<string, QueryPerformance>,
  deps: ScheduleDeps,
): Result<readonly ScheduleEntry[], StoreFailure> => {
  const stored = deps.store.splays();
  if (!stored.ok) return stored;
  const splays = new Map(stored.value.map((splay) => [splay.queryId, splay]));
  const entries: ScheduleEntry[] = [];
  for (const query of queries) {
    const former = splays.get(query.name);
    const kept = former?.interval_s === query.interval_s ? former.splayed_s : undefined;
    const splayed_s = kept ?? splayedInterval(query.interval_s, deps.splayPercent, deps.random.fraction());
    if (kept === undefined) {
      const put = deps.store.putSplay({ queryId: query.name, interval_s: query.interval_s, splayed_s });
      if (!put.ok) return put;
    }
    entries.push({
      query,
      scope: scheduleScope(query.name),
      sqlHash: sqlHashOf(query.sql, query.budget),
      splayed_s,
      running: false,
      skipped: 0,
      deferred: 0,
      lastFailure: '',
      performance: performance.get(query.name),
    });
  }
  return ok(entries);
};
