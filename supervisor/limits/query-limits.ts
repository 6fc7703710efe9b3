import { budgetNames } from '../../protocol/budget.ts';
import type { QueryLimit } from '../../protocol/control.ts';
import type { ScheduleEntry } from '../schedule/schedule-book.ts';

/** Every limit of a scheduled query's next run, and where each comes from. */
export const limitsOf = ({ query, limits, override }: ScheduleEntry): readonly QueryLimit[] =>
  budgetNames.map((name) => ({
    query: query.name,
    limit: name,
    value: limits.budget[name],
    origin: limits.origins[name],
    until_unix_ms: limits.origins[name] === 'override' ? (override?.until_unix_ms ?? null) : null,
  }));
