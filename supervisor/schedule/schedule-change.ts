import { isDeepStrictEqual } from 'node:util';
import type { ScheduledQuery } from '../config/config.ts';

/** What another config changes, by logged names. */
export interface ScheduleChange {
  readonly added: readonly string[];
  /** SQL, interval, limits or another option differ. */
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Compares two schedules. */
export const scheduleChange = (
  before: readonly ScheduledQuery[],
  after: readonly ScheduledQuery[],
): ScheduleChange => {
  const old = new Map(before.map((query) => [query.name, query]));
  const now = new Set(after.map(({ name }) => name));
  return {
    added: after.filter(({ name }) => !old.has(name)).map(({ name }) => name),
    changed: after
      .filter((query) => old.has(query.name) && !isDeepStrictEqual(old.get(query.name), query))
      .map(({ name }) => name),
    removed: [...old.keys()].filter((name) => !now.has(name)),
  };
};
