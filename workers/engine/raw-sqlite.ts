import initPackage from '@sqlite.org/sqlite-wasm';
import { assertStructLayout, type StructInfos } from './struct-layout.ts';
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
  readonly sqlite3_create_function_v2: Call;
  readonly sqlite3_create_collation: Call;
  readonly sqlite3_user_data: Call;
  readonly sqlite3_column_count: Call;
  readonly sqlite3_column_name: Call;
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
  readonly sqlite3__wasm_vtab_config: Call;
}

/** What of the package's object is used; its own declarations leave the raw parts out. */
interface Package {
  readonly wasm: {
    readonly exports: RawExports;
    /** Puts a function into the WASM table; the signature is like `i(pipp)`: result, then arguments. */
    readonly installFunction: (callback: unknown, signature: string) => Pointer;
  };
  readonly capi: StructInfos;
}

/** SQLite as the engine drives it. */
export interface RawSqlite {
  readonly exports: RawExports;
  readonly memory: WasmMemory;
  install(signature: string, callback: (...args: never[]) => unknown): Pointer;
}

const page_bytes = 65_536;
const initial_bytes = 8 * 1024 * 1024;

/**
 * Instantiates the package with a memory of our own that can never exceed `max_bytes`.
 * `mayGrow` is asked before each growth with the size in bytes that memory would have then; on `false` the
 * allocation fails inside SQLite, which answers SQLITE_NOMEM.
 */
export const loadSqlite = async (
  max_bytes: number,
  mayGrow: (total_bytes: number) => boolean,
): Promise<RawSqlite> => {
  const wasmMemory = new WebAssembly.Memory({
    initial: initial_bytes / page_bytes,
    maximum: Math.max(initial_bytes, max_bytes) / page_bytes,
  });
  let memory: WasmMemory | undefined;
  // Emscripten grows only through this method, so it is the one place to judge growth and to renew the views.
  wasmMemory.grow = (pages: number): number => {
    if (!mayGrow(wasmMemory.buffer.byteLength + pages * page_bytes)) throw new RangeError('memory budget');
    const before = WebAssembly.Memory.prototype.grow.call(wasmMemory, pages);
    memory?.refresh();
    return before;
  };
  const init = initPackage as unknown as (options: object) => Promise<Package>;
  const sqlite = await init({ wasmMemory, print: () => {}, printErr: () => {} });
  assertStructLayout(sqlite.capi);
  const exports = sqlite.wasm.exports;
  memory = new WasmMemory(wasmMemory, exports);
  return {
    exports,
    memory,
    install: (signature, callback) => sqlite.wasm.installFunction(callback, signature),
  };
};
