import { storage, transient } from './codes.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';

/** A value on its way into or out of a SQL function. An integer is a number where a double holds it exactly. */
export type SqlValue = null | string | number | bigint | Uint8Array;

/** A REAL argument or result of a function: keeps `1.0` apart from the integer 1. */
export interface SqlReal {
  readonly real: number;
}

/** An argument of a SQL function. */
export type SqlArgument = SqlValue | SqlReal;

/** Reads one argument of a SQL function; a text as its bytes if it wants them. */
export const readArgument = (sqlite: RawSqlite, value: Pointer, takesBytes: boolean): SqlArgument => {
  const { exports } = sqlite;
  const type = exports.sqlite3_value_type(value);
  if (type === storage.float) return { real: exports.sqlite3_value_double(value) };
  if (!takesBytes || type !== storage.text) return readValue(sqlite, value);
  return readBytes(sqlite, exports.sqlite3_value_text(value), value);
};

const readBytes = ({ exports, memory }: RawSqlite, start: Pointer, value: Pointer): Uint8Array =>
  Uint8Array.prototype.slice.call(memory.bytes, start, start + exports.sqlite3_value_bytes(value));

/** Reads one `sqlite3_value`. A REAL comes as a plain number, which is enough for a constraint. */
export const readValue = (sqlite: RawSqlite, value: Pointer): SqlValue => {
  const { exports, memory } = sqlite;
  switch (exports.sqlite3_value_type(value)) {
    case storage.integer: {
      const approximate = exports.sqlite3_value_double(value);
      return Number.isSafeInteger(approximate) ? approximate : exports.sqlite3_value_int64(value);
    }
    case storage.float:
      return exports.sqlite3_value_double(value);
    case storage.text: {
      const start = exports.sqlite3_value_text(value);
      return memory.text(start, exports.sqlite3_value_bytes(value));
    }
    case storage.blob:
      return readBytes(sqlite, exports.sqlite3_value_blob(value), value);
    default:
      return null;
  }
};

/** Gives text to SQLite, which copies it. */
export const resultText = ({ exports, memory }: RawSqlite, context: Pointer, text: string): void => {
  const length_bytes = memory.writeText(text);
  exports.sqlite3_result_text(context, memory.arena(0), length_bytes, transient);
};

/** The same with bytes that need not be UTF-8. */
export const resultBytesOfText = (
  { exports, memory }: RawSqlite,
  context: Pointer,
  text: Uint8Array,
): void => {
  const start = memory.arena(text.length);
  memory.bytes.set(text, start);
  exports.sqlite3_result_text(context, start, text.length, transient);
};

/** Gives an integer that a double holds exactly. */
export const resultInteger = ({ exports }: RawSqlite, context: Pointer, value: number): void => {
  if ((value | 0) === value) exports.sqlite3_result_int(context, value);
  else exports.sqlite3_result_int64(context, BigInt(value));
};

/** Gives bytes to SQLite, which copies them. */
export const resultBlob = ({ exports, memory }: RawSqlite, context: Pointer, blob: Uint8Array): void => {
  const start = memory.arena(blob.length);
  memory.bytes.set(blob, start);
  exports.sqlite3_result_blob(context, start, blob.length, transient);
};

/** Ends a SQL function or a column with an error text. */
export const resultError = ({ exports, memory }: RawSqlite, context: Pointer, message: string): void => {
  const length_bytes = memory.writeText(message);
  exports.sqlite3_result_error(context, memory.arena(0), length_bytes);
};
