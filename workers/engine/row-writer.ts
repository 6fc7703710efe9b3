import { readOwnWasm } from '../../platform/node/wasm-files.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';

/** Writes a value that takes more than copying at `at`; gives the place behind it, or 0 when it does not fit before `end`. */
export type WriteCell = (statement: Pointer, column: number, at: Pointer, end: Pointer) => Pointer;

/**
 * Writes the statement's current row as a JSON array at `at`: the columns whose numbers stand at `places`, as many as
 * `count`; -1 is a column that the statement does not have. Gives the place behind it, or 0 when it does not fit before `end`.
 */
export type WriteRow = (
  statement: Pointer,
  places: Pointer,
  count: number,
  at: Pointer,
  end: Pointer,
) => Pointer;

/** Places row-writer.wat beside SQLite, in the same memory. */
export const loadRowWriter = ({ exports, memory }: RawSqlite, cell: WriteCell): WriteRow => {
  const module = new WebAssembly.Module(readOwnWasm(new URL('./row-writer.wasm', import.meta.url)));
  const { sqlite3_column_type, sqlite3_column_int64, sqlite3_column_text, sqlite3_column_bytes } = exports;
  const instance = new WebAssembly.Instance(module, {
    env: { memory: memory.wasm },
    sqlite: { sqlite3_column_type, sqlite3_column_int64, sqlite3_column_text, sqlite3_column_bytes },
    host: { cell },
  });
  return instance.exports.row as WriteRow;
};
