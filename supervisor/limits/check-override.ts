import { type BudgetName, budgetNames, budgetOfLevel } from '../../protocol/budget.ts';
import type { Limits } from '../../protocol/limits.ts';

/** An override is for an incident, not a config: this long at most. */
const longestOverride_ms = 7 * 86_400_000;

/** Shares have no level to be compared with: no host has more cores than these percent stand for. */
const most_percent = 100 * 1_024;

/**
 * The largest value of a limit: that of `watchdog_level` -1, fifty times the normal one, whatever level is in force.
 * A window longer than the longest run could never fill.
 */
const mostOf = (name: BudgetName): number => {
  if (name.endsWith('_percent')) return most_percent;
  return budgetOfLevel['-1'][name === 'cpu_window_ms' ? 'wall_ms' : name];
};

/** Why an override is refused, as a sentence; undefined when it is in order. */
export const overrideProblem = (limits: Limits, for_ms: number): string | undefined => {
  const named = budgetNames.filter((name) => limits[name] !== undefined);
  if (named.length === 0) return 'an override needs at least one limit, like --cpu_ms 20000';
  if (!(for_ms > 0 && for_ms <= longestOverride_ms)) {
    return 'an override lasts more than nothing and 7 days at most; for longer, write the limit into the config';
  }
  for (const name of named) {
    const value = limits[name] ?? Number.NaN;
    if (!Number.isFinite(value) || value <= 0) return `${name} must be a number above 0, found ${value}`;
    const most = mostOf(name);
    if (value > most)
      return `${name} may be ${most} at most (watchdog_level -1 gives no more), found ${value}`;
  }
  return undefined;
};
