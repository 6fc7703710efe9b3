import type { ColumnType, ResultColumn } from '../../protocol/cell.ts';
import { storage } from './codes.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';

/** Columns of one statement, as SQLite names them. `type` is UNKNOWN for an expression. */
export const statementColumns = (
  { exports, memory }: RawSqlite,
  statement: Pointer,
): readonly ResultColumn[] =>
  Array.from({ length: exports.sqlite3_column_count(statement) }, (_, index) => ({
    name: memory.cString(exports.sqlite3_column_name(statement, index)),
    type: declaredType(memory.cString(exports.sqlite3_column_decltype(statement, index))),
  }));

const declaredTypes: ReadonlySet<string> = new Set<ColumnType>([
  'TEXT',
  'INTEGER',
  'BIGINT',
  'UNSIGNED_BIGINT',
  'DOUBLE',
  'BLOB',
]);

const declaredType = (text: string): ColumnType =>
  declaredTypes.has(text) ? (text as ColumnType) : 'UNKNOWN';

/** Where a statement's columns stand in the result. */
export interface Layout {
  readonly columns: readonly ResultColumn[];
  /** For each statement: its column for each result column, or -1. */
  readonly places: readonly (readonly number[])[];
}

/**
 * One result for several statements: columns of the same name (and the same occurrence of it) are the same
 * column, others are added at the end.
 */
export const mergeColumns = (statements: readonly (readonly ResultColumn[])[]): Layout => {
  const columns: ResultColumn[] = [];
  const index = new Map<string, number>();
  const keysOf = statements.map((own) =>
    own.map((column, position) => {
      const occurrence = own.slice(0, position).filter(({ name }) => name === column.name).length;
      const key = `${occurrence} ${column.name}`;
      if (!index.has(key)) index.set(key, columns.push(column) - 1);
      return key;
    }),
  );
  const places = keysOf.map((keys) => [...index.keys()].map((key) => keys.indexOf(key)));
  return { columns, places };
};

/** Gives columns whose type SQLite did not know the type of their value in the first row. */
export const typedByRow = (
  { exports }: RawSqlite,
  statement: Pointer,
  columns: readonly ResultColumn[],
  places: readonly number[],
): readonly ResultColumn[] =>
  columns.map((column, index) => {
    const place = places[index] ?? -1;
    if (column.type !== 'UNKNOWN' || place === -1) return column;
    return {
      name: column.name,
      type: valueTypes[exports.sqlite3_column_type(statement, place)] ?? 'UNKNOWN',
    };
  });

const valueTypes: Readonly<Record<number, ColumnType>> = {
  [storage.integer]: 'BIGINT',
  [storage.float]: 'DOUBLE',
  [storage.text]: 'TEXT',
  [storage.blob]: 'BLOB',
};
