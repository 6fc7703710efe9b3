import type { Table } from '../../protocol/table.ts';

const ofSqlite = /^(?:pragma_|jsonb?_(?:each|tree)$|sqlite_|temp$|main$)/;

/**
 * Whether SQLite itself gives a table of this name, which is in lower case, when it is asked for it
 * (https://sqlite.org/json1.html#jeach, https://sqlite.org/pragma.html#pragfunc): a module or view of that name would
 * stand in its place.
 */
export const isOfSqlite = (name: string): boolean => ofSqlite.test(name);

/** Every name of these tables, in lower case. */
export const namesOfTables = (tables: readonly Table[]): ReadonlySet<string> =>
  new Set(tables.flatMap(({ name, aliases = [] }) => [name, ...aliases]).map((name) => name.toLowerCase()));
