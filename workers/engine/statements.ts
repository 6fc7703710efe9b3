import { result } from './codes.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import type { VirtualTables } from './virtual-tables.ts';

/** Statements of one text. Each is held in memory until all have run. */
const maxStatements = 100;

/** A compiled statement. */
export interface Statement {
  readonly pointer: Pointer;
  /** It reads or writes a table that needs a socket. */
  readonly needsNet: boolean;
}

/**
 * Compiles every statement of the text into `statements` (which the caller finalizes, also after a failure).
 * `tables` tell whether a statement uses one that needs a socket.
 * All are compiled before the first runs: no statement can change what a later one means, and an error in
 * the last one shows before the first has cost anything. Gives SQLite's result code.
 */
export const prepareAll = (
  sqlite: RawSqlite,
  db: Pointer,
  sql: string,
  statements: Statement[],
  tables: Pick<VirtualTables, 'beginStatement' | 'usesOfNet'>,
): number => {
  const { exports, memory } = sqlite;
  const text = memory.allocateText(sql);
  const out = memory.allocate(8);
  try {
    let start = text.pointer;
    const end = text.pointer + text.length_bytes;
    while (start < end) {
      const before = tables.usesOfNet;
      tables.beginStatement();
      const code = exports.sqlite3_prepare_v3(db, start, end - start + 1, 0, out, out + 4);
      if (code !== result.ok) return code;
      const pointer = memory.view.getInt32(out, true);
      start = memory.view.getInt32(out + 4, true);
      if (pointer === 0) continue;
      statements.push({ pointer, needsNet: tables.usesOfNet > before });
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
export const finalizeAll = ({ exports }: RawSqlite, statements: readonly Statement[]): void => {
  for (const { pointer } of statements) exports.sqlite3_finalize(pointer);
};
