import { BudgetExceeded } from '../../protocol/budget-exceeded.ts';
import type { HostNetwork } from '../../protocol/host-network.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import type { Table, TableQuery } from '../../protocol/table.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import { readOffers, writePlan } from './best-index.ts';
import { resultCell } from './cells.ts';
import { result } from './codes.ts';
import { missingRequired } from './missing-required.ts';
import type { Plan } from './plan.ts';
import { planScan } from './plan.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import type { RunGuard } from './run-guard.ts';
import { readArguments } from './scan-arguments.ts';
import { ScanCursor } from './scan-cursor.ts';
import type { TableServices } from './scan-query.ts';
import { scanQuery } from './scan-query.ts';
import { layout } from './struct-layout.ts';
import { shapeOf, type TableShape } from './table-shape.ts';
import { buildModule } from './vtab-module.ts';
import { type Until, WaitingCursor } from './waiting-cursor.ts';
import type { Signature } from './wasm-callbacks.ts';
import { WasmOutOfMemory } from './wasm-memory.ts';

/** What a run lends to the tables that it waits for. */
export interface WaitingServices {
  readonly network: HostNetwork;
  readonly until: Until;
}

/** What the tables of one run share. `failure` is what a table made of it, in words better than SQLite's. */
export interface TableRun {
  readonly guard: RunGuard;
  readonly services: TableServices;
  /** Undefined where no statement may wait. */
  readonly waiting: WaitingServices | undefined;
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
  #plannedNet = 0;
  #run: TableRun | undefined;

  /** With `net` statements may wait for tables that need a socket; else those can only be planned. */
  constructor(sqlite: RawSqlite, db: Pointer, tables: readonly Table[], profile: WorkerProfile) {
    this.#sqlite = sqlite;
    this.#shapes = tables.map(shapeOf);
    const pure = this.#installModule(
      sqlite.install('i(pipip)', this.#filter),
      sqlite.install('i(p)', this.#next),
    );
    const net =
      profile === 'pure'
        ? pure
        : this.#installModule(
            sqlite.installSuspending('i(pipip)', this.#filterWaiting),
            sqlite.installSuspending('i(p)', this.#nextWaiting),
          );
    for (const [number, { table }] of this.#shapes.entries()) {
      const name = sqlite.memory.allocateText(table.name);
      const module = table.needs === 'net' ? net : pure;
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

  /** Scans of tables that need a socket that SQLite has planned so far: it grows when such a statement is prepared. */
  get plannedNet(): number {
    return this.#plannedNet;
  }

  #installModule(filter: Pointer, next: Pointer): Pointer {
    const install = (signature: Signature, callback: (...args: never[]) => number): Pointer =>
      this.#sqlite.install(signature, callback);
    const disconnect = install('i(p)', (vtab: Pointer) => this.#release(vtab));
    return buildModule(this.#sqlite.memory, {
      xConnect: install('i(ppippp)', this.#connect),
      xBestIndex: install('i(pp)', this.#bestIndex),
      xDisconnect: disconnect,
      xDestroy: disconnect,
      xOpen: install('i(pp)', this.#open),
      xClose: install('i(p)', this.#close),
      xFilter: filter,
      xNext: next,
      xEof: install('i(p)', this.#eof),
      xColumn: install('i(ppi)', this.#column),
      xRowid: install('i(pp)', this.#rowid),
    });
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
      if (shape.table.needs === 'net') this.#plannedNet += 1;
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
      this.#cursors[number] = this.#newCursor(shape);
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
      if (cursor === undefined) return result.error;
      const query = this.#beginScan(cursor, planNumber, count, argv);
      if (typeof query === 'number') return query;
      const { table } = cursor.shape;
      // A statement that reads such a table is not stepped here: a worker that may open sockets gets it.
      if (table.needs === 'net') return result.error;
      cursor.start(query === undefined ? [] : table.generate(query));
      return result.ok;
    } catch (error) {
      return this.#failed(error, cursor?.shape);
    }
  };

  /** SQLite stands still until the first row is there. */
  readonly #filterWaiting = async (
    pointer: Pointer,
    planNumber: number,
    _s: Pointer,
    count: number,
    argv: Pointer,
  ): Promise<number> => {
    const cursor = this.#cursorAt(pointer);
    const waiting = this.#run?.waiting;
    try {
      if (!(cursor instanceof WaitingCursor) || waiting === undefined) return result.error;
      const query = this.#beginScan(cursor, planNumber, count, argv);
      if (typeof query === 'number') return query;
      const { table } = cursor.shape;
      if (query === undefined || table.needs !== 'net') cursor.start([]);
      else {
        const rows = table.generate({ ...query, network: waiting.network });
        await cursor.startWaiting(rows, waiting.until);
      }
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

  /** Rows that are there already are taken without a promise, which costs more than the row. */
  readonly #nextWaiting = (pointer: Pointer): number | Promise<number> => {
    const cursor = this.#cursorAt(pointer);
    if (!(cursor instanceof WaitingCursor) || !cursor.isComing) return this.#next(pointer);
    return this.#nextComing(cursor);
  };

  async #nextComing(cursor: WaitingCursor): Promise<number> {
    const run = this.#run;
    try {
      run?.guard.check();
      if (run?.waiting === undefined) return result.error;
      await cursor.advanceWaiting(run.waiting.until);
      return result.ok;
    } catch (error) {
      return this.#failed(error, cursor.shape);
    }
  }

  /** What the table is told about the scan; undefined when no row can satisfy it, a code when it may not begin. */
  #beginScan(
    cursor: ScanCursor,
    planNumber: number,
    count: number,
    argv: Pointer,
  ): TableQuery | number | undefined {
    const plan = this.#plans[planNumber];
    const run = this.#run;
    if (plan === undefined || run === undefined) return result.error;
    if (plan.missingRequired) {
      run.failure ??= missingRequired(cursor.shape);
      return result.constraint;
    }
    run.guard.check();
    return scanQuery(cursor.shape, plan, readArguments(this.#sqlite, plan, count, argv), run.services);
  }

  #newCursor(shape: TableShape): ScanCursor {
    if (shape.table.needs !== 'net') return new ScanCursor(shape);
    return new WaitingCursor(shape, (end) => {
      const run = this.#run;
      end.catch((error: unknown) => this.#note(run, error, shape));
    });
  }

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
    return this.#note(this.#run, error, shape);
  }

  /** The same for a run that may be over: then nobody reads it any more. */
  #note(run: TableRun | undefined, error: unknown, shape: TableShape | undefined): number {
    if (error instanceof BudgetExceeded) {
      run?.guard.exceed(error);
      return result.interrupt;
    }
    if (error instanceof WasmOutOfMemory) return result.noMemory;
    const name = shape?.table.name ?? 'unknown';
    const cause = error instanceof Error ? error.message : String(error);
    if (run !== undefined) {
      run.failure ??= { reason: 'table_error', message: `table ${name} failed: ${cause}` };
    }
    return result.error;
  }
}
