import { isUnavailable } from '../../workers/host/unavailable-table.ts';
import { tables } from '../../workers/tables/index.ts';
import { contactingTables } from '../contacting-tables.ts';
import type { ListedQuery } from './listed-queries.ts';

const readable = new Set(
  tables
    .filter((table) => !isUnavailable(table) && !contactingTables.has(table.name))
    .flatMap(({ name, aliases = [] }) => [name, ...aliases]),
);

/** Can all tables of the query be read here, without contacting anybody? */
export const isAskable = (query: ListedQuery): boolean => query.tables.every((table) => readable.has(table));
