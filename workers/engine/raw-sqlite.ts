import { cLibraryHost } from '../../platform/node/c-library-host.ts';
import { readSqliteWasm } from '../../platform/node/wasm-files.ts';
import { cLibrary } from './c-library.ts';
import { assertStructLayout, parseStructs } from './struct-layout.ts';
import { type Signature, WasmCallbacks } from './wasm-callbacks.ts';
import { WasmMemory } from './wasm-memory.ts';

/** An address in WASM memory; 0 is NULL. */
export type Pointer = number;

/** A C function of the package, taking and giving 32-bit values (pointers included) unless it says otherwise. */
type Call = (...args: number[]) => number;

/** The raw exports that the engine uses: SQLite's C API without the package's conversions. */
export interface RawExports {
  readonly malloc: Call;
  readonly realloc: Call;
  readonly free: (pointer: Pointer) => void;
  /** SQLite's own allocator, for memory that SQLite itself frees (`zErrMsg`). */
  readonly sqlite3_malloc: Call;
  readonly sqlite3_free: (pointer: Pointer) => void;
  readonly sqlite3_open_v2: Call;
  readonly sqlite3_close_v2: Call;
  readonly sqlite3_prepare_v3: Call;
  readonly sqlite3_step: Call;
  readonly sqlite3_finalize: Call;
  readonly sqlite3_exec: Call;
  readonly sqlite3_errmsg: Call;
  readonly sqlite3_limit: Call;
  readonly sqlite3_set_authorizer: Call;
  readonly sqlite3_progress_handler: (db: Pointer, ops: number, callback: Pointer, data: number) => void;
  readonly sqlite3_drop_modules: Call;
  readonly sqlite3_create_module_v2: Call;
  readonly sqlite3_declare_vtab: Call;
  readonly sqlite3_vtab_in: Call;
  readonly sqlite3_vtab_in_first: Call;
  readonly sqlite3_vtab_in_next: Call;
  readonly sqlite3_vtab_collation: Call;
  readonly sqlite3_set_last_insert_rowid: (db: Pointer, rowid: bigint) => void;
  readonly sqlite3_create_function_v2: Call;
  readonly sqlite3_create_collation: Call;
  readonly sqlite3_user_data: Call;
  readonly sqlite3_vfs_find: Call;
  readonly sqlite3_vfs_register: Call;
  readonly sqlite3_bind_text: Call;
  readonly sqlite3_extended_errcode: Call;
  readonly sqlite3_column_value: Call;
  readonly sqlite3_column_count: Call;
  readonly sqlite3_column_name: Call;
  readonly sqlite3_sql: Call;
  readonly sqlite3_column_decltype: Call;
  readonly sqlite3_column_type: Call;
  readonly sqlite3_column_double: Call;
  readonly sqlite3_column_int64: (statement: Pointer, column: number) => bigint;
  readonly sqlite3_column_text: Call;
  readonly sqlite3_column_blob: Call;
  readonly sqlite3_column_bytes: Call;
  readonly sqlite3_value_type: Call;
  readonly sqlite3_value_double: Call;
  readonly sqlite3_value_int64: (value: Pointer) => bigint;
  readonly sqlite3_value_text: Call;
  readonly sqlite3_value_blob: Call;
  readonly sqlite3_value_bytes: Call;
  readonly sqlite3_result_null: (context: Pointer) => void;
  readonly sqlite3_result_int: (context: Pointer, value: number) => void;
  readonly sqlite3_result_int64: (context: Pointer, value: bigint) => void;
  readonly sqlite3_result_double: (context: Pointer, value: number) => void;
  readonly sqlite3_result_text: (context: Pointer, text: Pointer, bytes: number, destructor: number) => void;
  readonly sqlite3_result_blob: (context: Pointer, blob: Pointer, bytes: number, destructor: number) => void;
  readonly sqlite3_result_error: (context: Pointer, text: Pointer, bytes: number) => void;
  readonly sqlite3__wasm_db_config_ip: Call;
  /** JSON that describes the structs, NUL-terminated, in static memory. */
  readonly sqlite3__wasm_enum_json: Call;
  readonly sqlite3__wasm_vtab_config: Call;
}

/** The exports that are needed once, to start. */
interface StartExports {
  readonly __wasm_call_ctors: () => void;
  readonly __indirect_function_table: WebAssembly.Table;
}

/** SQLite as the engine drives it. */
export interface RawSqlite {
  readonly exports: RawExports;
  readonly memory: WasmMemory;
  install(signature: Signature, callback: (...args: never[]) => unknown): Pointer;
  /** The same for a callback whose promise suspends what called it. It may be called below `stepWaiting` alone. */
  installSuspending(signature: Signature, callback: (...args: never[]) => unknown): Pointer;
  /** `sqlite3_step` for a statement that may wait; the others are stepped without a promise. */
  stepWaiting(statement: Pointer): Promise<number>;
}

const page_bytes = 65_536;
const initial_bytes = 8 * 1024 * 1024;

/**
 * Starts SQLite's WebAssembly with a memory of our own that can never exceed `max_bytes`, and without the package's
 * JavaScript, which would take longer to load than SQLite itself.
 * `mayGrow` is asked before each growth with the size in bytes that memory would have then; on `false` the
 * allocation fails inside SQLite, which answers SQLITE_NOMEM.
 */
export const loadSqlite = (max_bytes: number, mayGrow: (total_bytes: number) => boolean): RawSqlite => {
  const wasmMemory = new WebAssembly.Memory({
    initial: initial_bytes / page_bytes,
    maximum: Math.max(initial_bytes, max_bytes) / page_bytes,
  });
  const growTo = (wanted_bytes: number): boolean => {
    const size_bytes = wasmMemory.buffer.byteLength;
    // Some more than is asked for, so that many small allocations do not grow it many times; if that is refused, less.
    const generous_bytes = Math.min(Math.max(wanted_bytes, size_bytes * 1.2), max_bytes);
    for (const total_bytes of [generous_bytes, wanted_bytes]) {
      const pages = Math.ceil((total_bytes - size_bytes) / page_bytes);
      if (total_bytes > max_bytes || !mayGrow(size_bytes + pages * page_bytes)) continue;
      wasmMemory.grow(pages);
      memory.refresh();
      return true;
    }
    return false;
  };
  const { env, wasi_snapshot_preview1 } = cLibrary({
    host: cLibraryHost,
    memory: () => memory,
    growTo,
    max_bytes,
  });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(readSqliteWasm()), {
    env: { ...env, memory: wasmMemory },
    wasi_snapshot_preview1,
  });
  const exports = instance.exports as unknown as RawExports & StartExports;
  const memory = new WasmMemory(wasmMemory, exports);
  exports.__wasm_call_ctors();
  assertStructLayout(parseStructs(memory.cString(exports.sqlite3__wasm_enum_json())));
  const callbacks = new WasmCallbacks(exports.__indirect_function_table);
  return {
    exports,
    memory,
    install: (signature, callback) => callbacks.install(signature, callback),
    installSuspending: (signature, callback) =>
      callbacks.install(signature, new WebAssembly.Suspending(callback)),
    stepWaiting: WebAssembly.promising(exports.sqlite3_step),
  };
};
