import { result } from './codes.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';

/** Statements of one text. Each is held in memory until all have run. */
const maxStatements = 100;

/**
 * Compiles every statement of the text into `statements` (which the caller finalizes, also after a failure).
 * All are compiled before the first runs: no statement can change what a later one means, and an error in
 * the last one shows before the first has cost anything. Gives SQLite's result code.
 */
export const prepareAll = (sqlite: RawSqlite, db: Pointer, sql: string, statements: Pointer[]): number => {
  const { exports, memory } = sqlite;
  const text = memory.allocateText(sql);
  const out = memory.allocate(8);
  try {
    let start = text.pointer;
    const end = text.pointer + text.length_bytes;
    while (start < end) {
      const code = exports.sqlite3_prepare_v3(db, start, end - start + 1, 0, out, out + 4);
      if (code !== result.ok) return code;
      const statement = memory.view.getInt32(out, true);
      start = memory.view.getInt32(out + 4, true);
      if (statement === 0) continue;
      statements.push(statement);
      if (statements.length > maxStatements) {
        throw new Error(`more than ${maxStatements} statements in one query`);
      }
    }
    return result.ok;
  } finally {
    exports.free(text.pointer);
    exports.free(out);
  }
};

/** Releases the statements and with them every open scan. */
export const finalizeAll = ({ exports }: RawSqlite, statements: readonly Pointer[]): void => {
  for (const statement of statements) exports.sqlite3_finalize(statement);
};
