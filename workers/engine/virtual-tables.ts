import { BudgetExceeded } from '../../protocol/budget-exceeded.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import type { Table } from '../../protocol/table.ts';
import { readOffers, writePlan } from './best-index.ts';
import { resultCell } from './cells.ts';
import { result } from './codes.ts';
import type { Plan } from './plan.ts';
import { planScan } from './plan.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import type { RunGuard } from './run-guard.ts';
import { readArguments } from './scan-arguments.ts';
import { ScanCursor } from './scan-cursor.ts';
import type { ScanServices } from './scan-query.ts';
import { scanQuery } from './scan-query.ts';
import { layout } from './struct-layout.ts';
import { shapeOf, type TableShape } from './table-shape.ts';
import type { Signature } from './wasm-callbacks.ts';
import { WasmOutOfMemory } from './wasm-memory.ts';

/** What the tables of one run share. `failure` is what a table made of it, in words better than SQLite's. */
export interface TableRun {
  readonly guard: RunGuard;
  readonly services: ScanServices;
  failure: QueryFailure | undefined;
}

/** SQLITE_VTAB_INNOCUOUS: reading the table has no side effect, so views may use it. */
const innocuous = 2;
/** Our number of the table or cursor stands behind SQLite's own part of each struct. */
const vtabNumber = layout.sqlite3_vtab.size;
const cursorNumber = layout.sqlite3_vtab_cursor.size;

/**
 * Every table as an eponymous virtual table: it exists under its name without being created, and is set up when
 * a statement first names it. SQLite calls in here; nothing may be thrown back through it.
 */
export class VirtualTables {
  readonly #sqlite: RawSqlite;
  readonly #shapes: readonly TableShape[];
  readonly #cursors: (ScanCursor | undefined)[] = [];
  #plans: Plan[] = [];
  #run: TableRun | undefined;

  constructor(sqlite: RawSqlite, db: Pointer, tables: readonly Table[]) {
    this.#sqlite = sqlite;
    this.#shapes = tables.map(shapeOf);
    const module = this.#installModule();
    for (const [number, { table }] of this.#shapes.entries()) {
      const name = sqlite.memory.allocateText(table.name);
      const code = sqlite.exports.sqlite3_create_module_v2(db, name.pointer, module, number, 0);
      sqlite.exports.free(name.pointer);
      if (code !== result.ok) throw new Error(`table ${table.name} cannot be registered: code ${code}`);
    }
  }

  /** Begins a run. Statements are prepared and stepped between `begin` and `end`. */
  begin(run: TableRun): void {
    this.#run = run;
    this.#plans = [];
  }

  end(): void {
    this.#run = undefined;
    this.#plans = [];
  }

  #installModule(): Pointer {
    const { memory } = this.#sqlite;
    const install = (signature: Signature, callback: (...args: never[]) => number): Pointer =>
      this.#sqlite.install(signature, callback);
    const module = memory.allocate(layout.sqlite3_module.size);
    memory.bytes.fill(0, module, module + layout.sqlite3_module.size);
    const disconnect = install('i(p)', (vtab: Pointer) => this.#release(vtab));
    const callbacks: readonly (readonly [number, Pointer])[] = [
      // xCreate stays NULL: that makes the tables eponymous only, so none can be created under another name.
      [layout.sqlite3_module.xConnect, install('i(ppippp)', this.#connect)],
      [layout.sqlite3_module.xBestIndex, install('i(pp)', this.#bestIndex)],
      [layout.sqlite3_module.xDisconnect, disconnect],
      [layout.sqlite3_module.xDestroy, disconnect],
      [layout.sqlite3_module.xOpen, install('i(pp)', this.#open)],
      [layout.sqlite3_module.xClose, install('i(p)', this.#close)],
      [layout.sqlite3_module.xFilter, install('i(pipip)', this.#filter)],
      [layout.sqlite3_module.xNext, install('i(p)', this.#next)],
      [layout.sqlite3_module.xEof, install('i(p)', this.#eof)],
      [layout.sqlite3_module.xColumn, install('i(ppi)', this.#column)],
      [layout.sqlite3_module.xRowid, install('i(pp)', this.#rowid)],
    ];
    for (const [offset, callback] of callbacks) memory.int32[(module + offset) >> 2] = callback;
    return module;
  }

  readonly #connect = (db: Pointer, number: number, _c: number, _v: Pointer, out: Pointer): number => {
    try {
      const { exports, memory } = this.#sqlite;
      const shape = this.#shapes[number];
      if (shape === undefined) return result.error;
      const sql = memory.allocateText(shape.declaration);
      const code = exports.sqlite3_declare_vtab(db, sql.pointer);
      exports.free(sql.pointer);
      if (code !== result.ok) return code;
      exports.sqlite3__wasm_vtab_config(db, innocuous, 0);
      const vtab = memory.allocate(vtabNumber + 4);
      memory.bytes.fill(0, vtab, vtab + vtabNumber);
      memory.int32[(vtab + vtabNumber) >> 2] = number;
      memory.int32[out >> 2] = vtab;
      return result.ok;
    } catch (error) {
      return this.#failed(error, undefined);
    }
  };

  readonly #bestIndex = (vtab: Pointer, info: Pointer): number => {
    const shape = this.#shapeAt(vtab);
    try {
      if (shape === undefined) return result.error;
      const { offers, ordered, used } = readOffers(this.#sqlite, info);
      const plan = planScan(shape, offers, ordered, used);
      this.#plans.push(plan);
      writePlan(this.#sqlite, info, plan, this.#plans.length - 1);
      return result.ok;
    } catch (error) {
      return this.#failed(error, shape);
    }
  };

  readonly #open = (vtab: Pointer, out: Pointer): number => {
    const shape = this.#shapeAt(vtab);
    try {
      if (shape === undefined) return result.error;
      const { memory } = this.#sqlite;
      const pointer = memory.allocate(cursorNumber + 4);
      const free = this.#cursors.indexOf(undefined);
      const number = free === -1 ? this.#cursors.length : free;
      this.#cursors[number] = new ScanCursor(shape);
      memory.int32[pointer >> 2] = 0;
      memory.int32[(pointer + cursorNumber) >> 2] = number;
      memory.int32[out >> 2] = pointer;
      return result.ok;
    } catch (error) {
      return this.#failed(error, shape);
    }
  };

  readonly #close = (pointer: Pointer): number => {
    const cursor = this.#cursorAt(pointer);
    this.#cursors[this.#numberAt(pointer, cursorNumber)] = undefined;
    this.#sqlite.exports.free(pointer);
    try {
      cursor?.close();
      return result.ok;
    } catch (error) {
      return this.#failed(error, cursor?.shape);
    }
  };

  readonly #filter = (
    pointer: Pointer,
    planNumber: number,
    _s: Pointer,
    count: number,
    argv: Pointer,
  ): number => {
    const cursor = this.#cursorAt(pointer);
    try {
      const plan = this.#plans[planNumber];
      const run = this.#run;
      if (cursor === undefined || plan === undefined || run === undefined) return result.error;
      const { shape } = cursor;
      if (plan.missingRequired) {
        run.failure ??= missingRequired(shape);
        return result.constraint;
      }
      run.guard.check();
      const values = readArguments(this.#sqlite, plan, count, argv);
      const query = scanQuery(shape, plan, values, run.services);
      cursor.start(query === undefined ? [] : shape.table.generate(query));
      return result.ok;
    } catch (error) {
      return this.#failed(error, cursor?.shape);
    }
  };

  readonly #next = (pointer: Pointer): number => {
    const cursor = this.#cursorAt(pointer);
    try {
      this.#run?.guard.check();
      cursor?.advance();
      return result.ok;
    } catch (error) {
      return this.#failed(error, cursor?.shape);
    }
  };

  readonly #eof = (pointer: Pointer): number => (this.#cursorAt(pointer)?.row === undefined ? 1 : 0);

  readonly #column = (pointer: Pointer, context: Pointer, index: number): number => {
    const cursor = this.#cursorAt(pointer);
    try {
      const column = cursor?.shape.columns[index];
      if (cursor?.row === undefined || column === undefined) return result.error;
      const name = cursor.shape.columns[column.target]?.name ?? column.name;
      resultCell(this.#sqlite, context, column.declared.type, cursor.row[name]);
      return result.ok;
    } catch (error) {
      return this.#failed(error, cursor?.shape);
    }
  };

  readonly #rowid = (pointer: Pointer, out: Pointer): number => {
    const cursor = this.#cursorAt(pointer);
    try {
      if (cursor === undefined) return result.error;
      const { low, high } = cursor.rowid();
      const { int32 } = this.#sqlite.memory;
      int32[out >> 2] = low;
      int32[(out + 4) >> 2] = high;
      return result.ok;
    } catch (error) {
      return this.#failed(error, cursor?.shape);
    }
  };

  #release(vtab: Pointer): number {
    this.#sqlite.exports.free(vtab);
    return result.ok;
  }

  #numberAt(pointer: Pointer, offset: number): number {
    return this.#sqlite.memory.int32[(pointer + offset) >> 2] ?? -1;
  }

  #shapeAt(vtab: Pointer): TableShape | undefined {
    return this.#shapes[this.#numberAt(vtab, vtabNumber)];
  }

  #cursorAt(pointer: Pointer): ScanCursor | undefined {
    return this.#cursors[this.#numberAt(pointer, cursorNumber)];
  }

  /** Keeps the cause of a failed callback and gives the code that ends the statement. */
  #failed(error: unknown, shape: TableShape | undefined): number {
    if (error instanceof BudgetExceeded) {
      this.#run?.guard.exceed(error);
      return result.interrupt;
    }
    if (error instanceof WasmOutOfMemory) return result.noMemory;
    const name = shape?.table.name ?? 'unknown';
    const cause = error instanceof Error ? error.message : String(error);
    if (this.#run !== undefined) {
      this.#run.failure ??= { reason: 'table_error', message: `table ${name} failed: ${cause}` };
    }
    return result.error;
  }
}

const missingRequired = ({ table, required }: TableShape): QueryFailure => {
  const [first = ''] = required;
  const columns = required.map((column) => `"${column}"`).join(' or ');
  const example = table.columns[first]?.type === 'TEXT' ? "'…'" : '1';
  return {
    reason: 'missing_required',
    message:
      `Table ${table.name} was queried without a required column in the WHERE clause: it needs ${columns}, ` +
      `for example: SELECT * FROM ${table.name} WHERE ${first} = ${example}`,
  };
};
