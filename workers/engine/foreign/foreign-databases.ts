import type { FileStat } from '../../../protocol/host-files.ts';
import type { DatabaseRead, DatabaseValue } from '../../../protocol/table.ts';
import { deniedAction, type Permitted } from '../authorizer.ts';
import { result, transient } from '../codes.ts';
import { execute, limitId, progressOps, setLimits } from '../connection.ts';
import { textOf } from '../functions/function.ts';
import type { Pointer, RawSqlite } from '../raw-sqlite.ts';
import type { RunGuard } from '../run-guard.ts';
import { readArgument, readValue } from '../sql-value.ts';
import { WasmOutOfMemory } from '../wasm-memory.ts';
import { ReadOnlyVfs } from './read-only-vfs.ts';

/** SQLITE_OPEN_READONLY */
const openFlags = 0x1;
/** SQLITE_DBCONFIG_*: what the file's own schema says must not reach further than it can be trusted. */
const defensive = 1010;
const trustedSchema = 1017;
/** A header of a package with 100,000 files has about 16 MiB. */
const valueMax_bytes = 64 * 1024 * 1024;
const parametersMax = 16;
const busyJournal = 776;

/**
 * SQLite files of the host, each read through a connection of its own in the engine's WebAssembly: memory, deadline and
 * CPU time of the run hold there, too.
 */
export class ForeignDatabases {
  readonly #sqlite: RawSqlite;
  #vfs: ReadOnlyVfs | undefined;
  #guard: RunGuard | undefined;
  #authorize: Pointer = 0;
  #progress: Pointer = 0;

  constructor(sqlite: RawSqlite) {
    this.#sqlite = sqlite;
  }

  /** See `TableQuery.readDatabase` for what it promises. */
  *read(
    read: DatabaseRead,
    guard: RunGuard,
    warn: (message: string) => void,
  ): Generator<readonly DatabaseValue[], undefined> {
    const before = stateOf(read);
    if (before === undefined) return;
    this.#guard = guard;
    const vfs = this.#prepareOnce();
    const name = vfs.mount(read.files, read.path);
    const { db, isOpen } = this.#connect(name, vfs);
    try {
      const failure = isOpen ? yield* this.#rows(db, read, vfs, warn) : this.#failure(db, vfs);
      if (failure !== undefined) warn(`${read.path}: ${failure}`);
      if (stateOf(read) !== before) warn(`${read.path} changed while it was read: rows may be of two states`);
    } finally {
      this.#sqlite.exports.sqlite3_close_v2(db);
      vfs.unmount(name);
    }
  }

  /** What is installed in WebAssembly stays there, so it is installed once, when it is needed first. */
  #prepareOnce(): ReadOnlyVfs {
    if (this.#vfs !== undefined) return this.#vfs;
    this.#authorize = this.#sqlite.install('i(pipppp)', this.#judge);
    this.#progress = this.#sqlite.install('i(p)', () => (this.#guard?.mayContinue() === false ? 1 : 0));
    this.#vfs = new ReadOnlyVfs(this.#sqlite);
    return this.#vfs;
  }

  readonly #judge = (_data: number, action: number, first: Pointer, second: Pointer): number => {
    const { memory } = this.#sqlite;
    const reason = deniedAction(
      action,
      () => memory.cString(first),
      () => memory.cString(second),
      permitted,
    );
    return reason === undefined ? result.ok : 1;
  };

  /** Opens a connection, which is there, to tell why and to be closed, even where the file cannot be opened. */
  #connect(name: string, vfs: ReadOnlyVfs): { readonly db: Pointer; readonly isOpen: boolean } {
    const { exports, memory } = this.#sqlite;
    const path = memory.allocateText(name);
    const out = memory.allocate(4);
    const code = exports.sqlite3_open_v2(path.pointer, out, openFlags, vfs.name);
    const db = memory.view.getInt32(out, true);
    exports.free(path.pointer);
    exports.free(out);
    if (db === 0) throw new WasmOutOfMemory('no memory left for a connection to a database of the host');
    if (code !== result.ok) return { db, isOpen: false };
    setLimits(this.#sqlite, db);
    exports.sqlite3_limit(db, limitId.length, valueMax_bytes);
    exports.sqlite3_limit(db, limitId.variableNumber, parametersMax);
    exports.sqlite3__wasm_db_config_ip(db, defensive, 1, 0);
    exports.sqlite3__wasm_db_config_ip(db, trustedSchema, 0, 0);
    exports.sqlite3_drop_modules(db, 0);
    for (const pragma of ['locking_mode = EXCLUSIVE', 'temp_store = MEMORY', 'cell_size_check = ON'])
      execute(this.#sqlite, db, `PRAGMA ${pragma}`);
    exports.sqlite3_set_authorizer(db, this.#authorize, 0);
    exports.sqlite3_progress_handler(db, progressOps, this.#progress, 0);
    return { db, isOpen: true };
  }

  /** Steps the statement to its end; gives what went wrong, if something did. */
  *#rows(
    db: Pointer,
    read: DatabaseRead,
    vfs: ReadOnlyVfs,
    warn: (message: string) => void,
  ): Generator<readonly DatabaseValue[], string | undefined> {
    const { exports } = this.#sqlite;
    const statement = this.#prepare(db, read.sql);
    if (statement === 0) return this.#failure(db, vfs);
    try {
      for (const [index, parameter] of read.parameters.entries()) this.#bind(statement, index + 1, parameter);
      const values = this.#valuesOf(statement, read, warn);
      for (;;) {
        const code = exports.sqlite3_step(statement);
        if (code === result.done) return undefined;
        if (code !== result.row) return this.#failure(db, vfs);
        yield values();
      }
    } finally {
      exports.sqlite3_finalize(statement);
    }
  }

  /** What reads a row of the statement. */
  #valuesOf(
    statement: Pointer,
    { path, textsOf }: DatabaseRead,
    warn: (message: string) => void,
  ): () => readonly DatabaseValue[] {
    const { exports, memory } = this.#sqlite;
    const columns = Array.from({ length: exports.sqlite3_column_count(statement) }, (_, column) => column);
    const valueAt = (column: number): Pointer => exports.sqlite3_column_value(statement, column);
    if (textsOf === undefined) return () => columns.map((column) => readValue(this.#sqlite, valueAt(column)));
    const names = columns.map((column) =>
      memory.cString(exports.sqlite3_column_name(statement, column)).toLowerCase(),
    );
    const places = textsOf.map((name) => names.indexOf(name.toLowerCase()));
    for (const [index, place] of places.entries())
      if (place === -1) warn(`${path}: the statement gives no column ${JSON.stringify(textsOf[index])}`);
    return () =>
      places.map((place) =>
        place === -1 ? null : (textOf(readArgument(this.#sqlite, valueAt(place), false)) ?? null),
      );
  }

  #prepare(db: Pointer, sql: string): Pointer {
    const { exports, memory } = this.#sqlite;
    const text = memory.allocateText(sql);
    const out = memory.allocate(8);
    memory.view.setInt32(out, 0, true);
    exports.sqlite3_prepare_v3(db, text.pointer, text.length_bytes + 1, 0, out, out + 4);
    const statement = memory.view.getInt32(out, true);
    exports.free(text.pointer);
    exports.free(out);
    return statement;
  }

  #bind(statement: Pointer, index: number, value: string): void {
    const { exports, memory } = this.#sqlite;
    const text = memory.allocateText(value);
    exports.sqlite3_bind_text(statement, index, text.pointer, text.length_bytes, transient);
    exports.free(text.pointer);
  }

  /** Words a failure. A used-up budget, or memory that is, ends the query instead. */
  #failure(db: Pointer, vfs: ReadOnlyVfs): string {
    const { exports, memory } = this.#sqlite;
    const code = exports.sqlite3_extended_errcode(db);
    const message = memory.cString(exports.sqlite3_errmsg(db));
    vfs.rethrow();
    this.#guard?.check();
    if (code === result.noMemory) throw new WasmOutOfMemory('no memory left to read a database of the host');
    if (code === busyJournal)
      return 'a transaction is under way or was broken off, and only its owner may roll it back: ask again later';
    return message;
  }
}

/** No function of ours, and nothing is written. */
const permitted: Permitted = { functions: new Set(), written: () => undefined };

/** What tells one state of a database from another; undefined where there is none. */
const stateOf = ({ files, path }: DatabaseRead): string | undefined => {
  const database = files.stat(path);
  if (database === undefined) return undefined;
  return [database, files.stat(`${path}-wal`)].map(versionOf).join(' ');
};

const versionOf = (stat: FileStat | undefined): string =>
  stat === undefined ? '' : `${stat.dev}:${stat.ino}:${stat.size_bytes}:${stat.mtime_ns}:${stat.ctime_ns}`;
