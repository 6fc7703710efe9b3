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

/** The same at the statement's first row, whose values tell the type of expressions. */
export const typedByRow = (sqlite: RawSqlite, statement: Pointer): readonly ResultColumn[] =>
  statementColumns(sqlite, statement).map(({ name, type }, index) => ({
    name,
    type: type === 'UNKNOWN' ? valueType(sqlite, statement, index) : type,
  }));

const valueType = ({ exports }: RawSqlite, statement: Pointer, index: number): ColumnType =>
  valueTypes[exports.sqlite3_column_type(statement, index)] ?? 'UNKNOWN';

const valueTypes: Readonly<Record<number, ColumnType>> = {
  [storage.integer]: 'BIGINT',
  [storage.float]: 'DOUBLE',
  [storage.text]: 'TEXT',
  [storage.blob]: 'BLOB',
};
