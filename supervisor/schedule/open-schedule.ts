import type { ActorRef } from '../../actors/types.ts';
import type { GuardStore, StoreFailure } from '../../platform/guard-store.ts';
import type { Ledger } from '../../platform/ledger.ts';
import type { Random } from '../../platform/random.ts';
import { ok, type Result } from '../../protocol/result.ts';
import type { ScheduledQuery } from '../config/config.ts';
import type { LimitOverrides } from '../limits/limit-overrides.ts';
import type { WorkforceMessage } from '../workforce/messages.ts';
import { buildSchedule, formerEntry, formerLife } from './build-schedule.ts';
import type { ScheduleBook } from './schedule-book.ts';
import { type ScheduleChange, scheduleChange } from './schedule-change.ts';

/** What keeps a schedule. */
export interface SchedulePorts {
  readonly store: GuardStore;
  readonly random: Random;
  readonly ledger: Ledger | undefined;
}

/** What a schedule is written into, and what has a say in it. */
export interface SchedulePlace {
  readonly book: ScheduleBook;
  readonly overrides: LimitOverrides;
  readonly log: (severity: 'warning' | 'error', message: string) => void;
}

/** What the config says. */
export interface ScheduleWish {
  readonly schedule: readonly ScheduledQuery[];
  readonly splayPercent: number;
}

/**
 * The schedule at the start: with the statistics and drawn intervals of earlier lives. Without a ledger it had none, and
 * is there to be looked at.
 */
export const openSchedule = async (
  { store, random, ledger }: SchedulePorts,
  { book, overrides, log }: SchedulePlace,
  { schedule, splayPercent }: ScheduleWish,
): Promise<Result<void, StoreFailure>> => {
  const opened = (await ledger?.open()) ?? ok({ notices: [], performance: [] });
  if (!opened.ok) return opened;
  for (const notice of opened.value.notices) log('warning', notice);
  const overrideOf: LimitOverrides['of'] = (name) => overrides.of(name);
  const former = formerLife(opened.value.performance);
  const built = buildSchedule(schedule, former, { store, random, splayPercent, overrideOf });
  if (!built.ok) return built;
  book.replace(built.value);
  return (await ledger?.retain(schedule.map(({ name }) => name))) ?? ok(undefined);
};

/**
 * Puts another schedule in the place of this one. The book changes in one step, so that no tick sees half of it. A
 * run of a query that left the schedule is cancelled; any other goes on under the terms that it began with.
 */
export const reschedule = (
  workforce: ActorRef<WorkforceMessage>,
  { store, random, ledger }: SchedulePorts,
  { book, overrides, log }: SchedulePlace,
  { schedule, splayPercent }: ScheduleWish,
): Result<ScheduleChange, StoreFailure> => {
  // Without a ledger nothing is scheduled.
  if (ledger === undefined) return ok({ added: [], changed: [], removed: [] });
  const before = book.entries();
  const overrideOf: LimitOverrides['of'] = (name) => overrides.of(name);
  const former = formerEntry((name) => book.get(name));
  const built = buildSchedule(schedule, former, { store, random, splayPercent, overrideOf });
  if (!built.ok) return built;
  book.replace(built.value);
  // What the new schedule has no more is over for good, also if the wall clock is set back before the next tick.
  overrides.expire();
  for (const { query, run } of before) {
    if (run !== undefined && book.get(query.name) === undefined) {
      workforce.tell({ type: 'cancel', requestId: run });
    }
  }
  void ledger.retain(schedule.map(({ name }) => name)).then((kept) => {
    if (!kept.ok) log('error', `What left the schedule could not be forgotten: ${kept.error.message}`);
  });
  const queries = before.map(({ query }) => query);
  return ok(scheduleChange(queries, schedule));
};
