import { isUnavailable } from '../../workers/host/unavailable-table.ts';
import { tables } from '../../workers/tables/index.ts';
import type { ListedQuery } from './listed-queries.ts';

const unavailable = new Set(tables.filter(isUnavailable).map(({ name }) => name));

/** Why this query may fail; undefined where it must run. */
export const knownReason = (query: ListedQuery): string | undefined => {
  const table = query.tables.find((name) => unavailable.has(name));
  return table === undefined ? undefined : `${table} cannot be filled, which its page in docs/tables tells`;
};
