import { isUnavailable } from '../../workers/host/unavailable-table.ts';
import { tables } from '../../workers/tables/index.ts';
import { contactingTables } from '../contacting-tables.ts';
import { listedQueries } from '../queries/listed-queries.ts';
import type { Offender } from './offender.ts';

/**
 * The queries that people really run, those whose tables can all be read here without contacting anybody: innocent, every one. Whether they find
 * anything, or fail for a column that this host has not, is no matter here. Empty without the shared data.
 */
export const realQueries = (): readonly Offender[] => {
  const readable = tables.filter((table) => !isUnavailable(table) && !contactingTables.has(table.name));
  const names = new Set(readable.flatMap((table) => [table.name, ...(table.aliases ?? [])]));
  return (listedQueries() ?? [])
    .filter((query) => query.tables.length > 0 && query.tables.every((table) => names.has(table)))
    .map((query) => ({
      name: query.id,
      sql: () => query.sql,
      expected: { kind: 'answered' },
      why: 'it is in use',
      guilty: false,
      short: 'as it is',
    }));
};
