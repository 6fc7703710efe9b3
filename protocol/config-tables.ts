import { isTableName } from './extension/table-route.ts';

/** A table that the config makes of SQLite files of the host (osquery's `auto_table_construction`). */
export interface ConstructedTable {
  readonly kind: 'table';
  readonly name: string;
  /** What is run on each file; its columns are taken by their names. */
  readonly sql: string;
  /** A path, or a pattern in which `%` and `*` stand for any part of a name, and `%%` at the end for all below. */
  readonly path: string;
  /** In their order; the file's own path is added as the column `path` unless that is one of them. */
  readonly columns: readonly string[];
}

/** A SELECT of the config under a name. */
export interface ConfigView {
  readonly kind: 'view';
  readonly name: string;
  readonly sql: string;
}

/** What the config adds to the tables. */
export type ConfigTable = ConstructedTable | ConfigView;

/** More than any config in use has: each worker takes them all before its first query. */
export const maxConfigTables = 1_000;
/** As much as SQLite takes of a statement here, with room for what stands around it. */
const maxSql_characters = 1_000_000;
const maxPath_characters = 4_096;
/** SQLite takes 1,000 (SQLITE_LIMIT_COLUMN), and one more is added. */
const maxColumns = 999;

/** The column that holds the path of a row's file. */
export const pathColumn = 'path';

/** What is wrong with a table or view of the config, as what was expected there; undefined where nothing is. */
export const whyNoConfigTable = (table: ConfigTable): string | undefined => {
  if (!isTableName(table.name)) return 'a name that can stand in SQL';
  if (table.sql.trim() === '' || table.sql.length > maxSql_characters)
    return `a statement of at most ${maxSql_characters} characters`;
  return table.kind === 'view' ? undefined : whyNotConstructed(table);
};

const whyNotConstructed = ({ path, columns }: ConstructedTable): string | undefined => {
  if (!path.startsWith('/') || path.length > maxPath_characters) return "a path that begins with '/'";
  if (columns.length === 0 || columns.length > maxColumns) return `1 to ${maxColumns} columns`;
  if (!columns.every(isTableName)) return 'names of columns that can stand in SQL';
  const names = new Set(columns.map((name) => name.toLowerCase()));
  return names.size === columns.length ? undefined : 'columns that differ';
};
