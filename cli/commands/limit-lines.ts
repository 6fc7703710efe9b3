import type { QueryLimit } from '../../protocol/control.ts';

/** Names of queries in one line; more are counted. */
const mostNames = 3;

/**
 * The limits in force, a line each, with the queries that have it: one limit of the config stands for a whole schedule.
 * In the order in which they first appear.
 */
export const limitLines = (limits: readonly QueryLimit[], scheduledQueries: number): readonly string[] => {
  const queries = new Map<string, string[]>();
  for (const limit of limits) {
    const text = describe(limit);
    queries.set(text, [...(queries.get(text) ?? []), limit.query]);
  }
  return [...queries].map(([text, names]) => `limit     ${text}: ${who(names, scheduledQueries)}`);
};

const describe = ({ limit, value, origin, until_unix_ms }: QueryLimit): string => {
  const until = until_unix_ms === null ? '' : ` until ${new Date(until_unix_ms).toISOString()}`;
  return `${limit} ${value} (${origin}${until})`;
};

const who = (names: readonly string[], scheduledQueries: number): string => {
  if (names.length > mostNames && names.length === scheduledQueries) return `all ${names.length} queries`;
  const shown = names.slice(0, mostNames).join(', ');
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown;
};
