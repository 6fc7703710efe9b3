import type { TableColumnType, TableValue } from '../../protocol/table.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import { resultBlob, resultText } from './sql-value.ts';

const smallest64 = -(2n ** 63n);
const largest64 = 2n ** 63n - 1n;

/** Hands a table's value to SQLite by the declared type of its column (osquery's conversion rules). */
export const resultCell = (
  sqlite: RawSqlite,
  context: Pointer,
  type: TableColumnType,
  value: TableValue,
): void => {
  if (value === null) sqlite.exports.sqlite3_result_null(context);
  else if (type === 'TEXT' || type === 'BLOB') resultBytes(sqlite, context, value);
  else if (type === 'DOUBLE') resultDouble(sqlite, context, value);
  else if (typeof value === 'number' && (value | 0) === value)
    sqlite.exports.sqlite3_result_int(context, value);
  else resultWhole(sqlite, context, type, value);
};

const resultBytes = (sqlite: RawSqlite, context: Pointer, value: Exclude<TableValue, null>): void => {
  if (typeof value === 'string') resultText(sqlite, context, value);
  else if (value === undefined) resultText(sqlite, context, '');
  else if (value instanceof Uint8Array) resultBlob(sqlite, context, value);
  else resultText(sqlite, context, String(value));
};

const resultDouble = (sqlite: RawSqlite, context: Pointer, value: Exclude<TableValue, null>): void => {
  const number = doubleOf(value);
  if (number === undefined) sqlite.exports.sqlite3_result_null(context);
  else sqlite.exports.sqlite3_result_double(context, number);
};

/** Whole numbers beyond 32 bits. osquery narrows INTEGER to 32 bits, and NULL stands for what 64 cannot hold. */
const resultWhole = (
  sqlite: RawSqlite,
  context: Pointer,
  type: 'INTEGER' | 'BIGINT' | 'UNSIGNED_BIGINT',
  value: Exclude<TableValue, null>,
): void => {
  const whole = bigintOf(value);
  if (whole === undefined || whole < smallest64 || whole > largest64) {
    sqlite.exports.sqlite3_result_null(context);
  } else if (type === 'INTEGER') {
    sqlite.exports.sqlite3_result_int(context, Number(BigInt.asIntN(32, whole)));
  } else sqlite.exports.sqlite3_result_int64(context, whole);
};

const bigintOf = (value: Exclude<TableValue, null>): bigint | undefined => {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  return typeof value === 'string' ? wholeOf(value) : undefined;
};

/** A whole number as text, base detected like C's strtoll: 0x…, a leading 0 for octal, else decimal. */
export const wholeOf = (text: string): bigint | undefined => {
  const match = /^\s*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, octal, decimal] = match;
  const size =
    hex !== undefined ? BigInt(`0x${hex}`) : BigInt(octal !== undefined ? `0o0${octal}` : `${decimal}`);
  return sign === '-' ? -size : size;
};

const doubleOf = (value: Exclude<TableValue, null>): number | undefined => {
  if (value === undefined || value === '' || value instanceof Uint8Array) return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
};
