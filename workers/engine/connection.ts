import { deniedAction, type Permitted } from './authorizer.ts';
import { result } from './codes.ts';
import type { FunctionRun } from './functions/function.ts';
import { installFunctions } from './install-functions.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import { isOfSqlite } from './table-names.ts';
import type { WasmMemory } from './wasm-memory.ts';

/** SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY */
const openFlags = 0x2 | 0x4 | 0x80;
/** SQLITE_DBCONFIG_DQS_DML: double-quoted text that names no column is a string, as in osquery. */
const doubleQuotedStrings = 1013;
const denied = 1;

/** SQLITE_LIMIT_* (id, value), each with what it holds off. */
const limits: readonly (readonly [number, number])[] = [
  [0, 16 * 1024 * 1024], // LENGTH: one opcode may work on one value, and nothing can stop it meanwhile
  [1, 1024 * 1024], // SQL_LENGTH
  [2, 1000], // COLUMN
  [3, 1000], // EXPR_DEPTH: recursion of the parser and the code generator
  [4, 500], // COMPOUND_SELECT
  [5, 250_000], // VDBE_OP: program size, 40 bytes an opcode
  [6, 127], // FUNCTION_ARG
  [7, 0], // ATTACHED
  [8, 10_000], // LIKE_PATTERN_LENGTH
  [9, 0], // VARIABLE_NUMBER: queries have no parameters
  [10, 1], // TRIGGER_DEPTH
  [11, 0], // WORKER_THREADS
];

/** SQLITE_LIMIT_* by name, for connections that need another one. */
export const limitId = { length: 0, variableNumber: 9 } as const;

/** Sets the limits of a connection. */
export const setLimits = ({ exports }: RawSqlite, db: Pointer): void => {
  for (const [id, value] of limits) exports.sqlite3_limit(db, id, value);
};

/** How often SQLite calls the progress handler, in VDBE operations: about ten times a millisecond. */
export const progressOps = 4000;

/** What a statement tried and may not do, and what it does that the engine has to know of. */
export interface AuthorizerLog {
  denied: string | undefined;
  likeChanged: boolean;
  /** A statement reads sqlite_temp_master, by one of its names. */
  readsSchema: boolean;
  /** While SQL of our own runs, nothing is denied. */
  isOurs: boolean;
}

/** Opens the in-memory database that queries run in, with everything but the tables. `run` gives the open run. */
export const openConnection = (sqlite: RawSqlite, run: () => FunctionRun | undefined): Pointer => {
  const { exports, memory } = sqlite;
  const name = memory.allocateText(':memory:');
  const out = memory.allocate(4);
  const code = exports.sqlite3_open_v2(name.pointer, out, openFlags, 0);
  const db = memory.view.getInt32(out, true);
  exports.free(name.pointer);
  exports.free(out);
  if (code !== result.ok) throw new Error(`SQLite cannot open a database in memory: code ${code}`);
  exports.sqlite3__wasm_db_config_ip(db, doubleQuotedStrings, 1, 0);
  setLimits(sqlite, db);
  // The modules that the package brings (full-text and R-tree indexes, raw pages, statistics) are no tables of ours.
  exports.sqlite3_drop_modules(db, 0);
  installFunctions(sqlite, db, run);
  // Sorters would otherwise spill to files, which here are JavaScript memory outside the cap.
  execute(sqlite, db, 'PRAGMA temp_store = MEMORY');
  return db;
};

/** Runs SQL of our own. */
export const execute = ({ exports, memory }: RawSqlite, db: Pointer, sql: string): void => {
  const text = memory.allocateText(sql);
  const code = exports.sqlite3_exec(db, text.pointer, 0, 0, 0);
  exports.free(text.pointer);
  if (code !== result.ok) throw new Error(`${sql}: ${memory.cString(exports.sqlite3_errmsg(db))}`);
};

/** From here on statements may only read, but for what is `permitted`. What is denied is kept in `log`. */
export const installAuthorizer = (
  sqlite: RawSqlite,
  db: Pointer,
  log: AuthorizerLog,
  permitted: Permitted,
): void => {
  const { exports, memory } = sqlite;
  const authorize = (_data: number, action: number, first: Pointer, second: Pointer): number => {
    try {
      if (log.isOurs) return result.ok;
      const reason = deniedAction(
        action,
        () => memory.cString(first),
        () => memory.cString(second),
        permitted,
      );
      if (action === pragma) log.likeChanged = true;
      if (action === read && isSchema(memory, first)) log.readsSchema = true;
      if (reason === undefined) return result.ok;
      log.denied ??= reason;
      return denied;
    } catch {
      // Nothing may be thrown through SQLite, and what could not be judged is not allowed.
      return denied;
    }
  };
  exports.sqlite3_set_authorizer(db, sqlite.install('i(pipppp)', authorize), 0);
};
const pragma = 19;
const read = 20;

/** Asked for each column that is read: the name, which is told as it was typed, is decoded for few of them. */
const isSchema = (memory: WasmMemory, name: Pointer): boolean =>
  ((memory.bytes[name] ?? 0) | 0x20) === 0x73 && isOfSqlite(memory.cString(name).toLowerCase());

/** Calls `mayContinue` while statements run; on false the statement ends with SQLITE_INTERRUPT. */
export const installProgress = (sqlite: RawSqlite, db: Pointer, mayContinue: () => boolean): void => {
  const progress = (): number => {
    try {
      return mayContinue() ? 0 : 1;
    } catch {
      // A clock that fails cannot guard the run any more.
      return 1;
    }
  };
  sqlite.exports.sqlite3_progress_handler(db, progressOps, sqlite.install('i(p)', progress), 0);
};
