import { readOwnWasm } from '../../platform/node/wasm-files.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';

/** What the writer leaves to JavaScript. */
export interface RowWriterHost {
  /** Sends what stands before `at`; gives where to go on. */
  room(at: Pointer): Pointer;
  /** Writes a value that takes more than copying at `at`, however long it is; gives the place behind it. */
  cell(statement: Pointer, column: number, at: Pointer): Pointer;
}

/**
 * Writes the statement's current row of `count` columns, one at least, as a JSON array at `at`. What does not fit before
 * `end` is sent on the way. Gives the place behind the row, with 2 bytes left before `end`.
 */
export type WriteRow = (statement: Pointer, count: number, at: Pointer, end: Pointer) => Pointer;

/** Places row-writer.wat beside SQLite, in the same memory. */
export const loadRowWriter = ({ exports, memory }: RawSqlite, { room, cell }: RowWriterHost): WriteRow => {
  const module = new WebAssembly.Module(readOwnWasm(new URL('./row-writer.wasm', import.meta.url)));
  const { sqlite3_column_type, sqlite3_column_int64, sqlite3_column_text, sqlite3_column_bytes } = exports;
  const instance = new WebAssembly.Instance(module, {
    env: { memory: memory.wasm },
    sqlite: { sqlite3_column_type, sqlite3_column_int64, sqlite3_column_text, sqlite3_column_bytes },
    host: { room, cell },
  });
  return instance.exports.row as WriteRow;
};
