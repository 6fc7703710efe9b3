/**
 * One value of a result row as it travels between processes. JSON has one number type and SQLite has two,
 * so a REAL is tagged, and so is an integer that a double cannot hold. Blobs are base64.
 */
export type Cell =
  | null
  | string
  | number
  | { readonly real: number | 'Infinity' | '-Infinity' }
  | { readonly int: string }
  | { readonly blob: string };

/** One result row: cells in the order of the result's columns. */
export type CellRow = readonly Cell[];

/** Type of a result column, in osquery's names. `UNKNOWN` is an expression whose type SQLite does not know. */
export type ColumnType = 'TEXT' | 'INTEGER' | 'BIGINT' | 'UNSIGNED_BIGINT' | 'DOUBLE' | 'BLOB' | 'UNKNOWN';

/** A column of a result. */
export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType;
}
