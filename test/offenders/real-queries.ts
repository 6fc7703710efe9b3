import { isAskable } from '../queries/is-askable.ts';
import { listedQueries } from '../queries/listed-queries.ts';
import type { Offender } from './offender.ts';

/**
 * The queries that people really run, those whose tables can all be read here without contacting anybody: innocent,
 * every one. Whether they find anything, or fail for a column that this host has not, is no matter here. Empty without
 * the shared data.
 */
export const realQueries = (): readonly Offender[] => {
  return (listedQueries() ?? [])
    .filter((query) => query.tables.length > 0 && isAskable(query))
    .map((query) => ({
      name: query.id,
      sql: () => query.sql,
      expected: { kind: 'answered' },
      why: 'it is in use',
      guilty: false,
      short: 'as it is',
    }));
};
