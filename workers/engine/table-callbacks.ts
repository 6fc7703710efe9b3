import type { TableQuery } from '../../protocol/table.ts';
import { readOffers, writePlan } from './best-index.ts';
import { resultCell } from './cells.ts';
import { result } from './codes.ts';
import { ExtensionCursor } from './extension-cursor.ts';
import { missingRequired } from './missing-required.ts';
import { type Plan, planScan } from './plan.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import { readArguments } from './scan-arguments.ts';
import { type Row, ScanCursor, type TableCursor } from './scan-cursor.ts';
import { type PushedDown, pushedDown, scanQuery } from './scan-query.ts';
import type { CurrentRun, TableRun } from './table-run.ts';
import type { TableShape } from './table-shape.ts';
import type { VtabStructs } from './vtab-structs.ts';
import { WaitingCursor } from './waiting-cursor.ts';

/** SQLITE_VTAB_INNOCUOUS: reading the table has no side effect, so views may use it. */
const innocuous = 2;

/** A scan that may begin: what it asks for, in which run. */
export interface BegunScan {
  readonly plan: Plan;
  readonly run: TableRun;
  /** Undefined when no row can satisfy the statement. */
  readonly pushed: PushedDown | undefined;
}

/** What SQLite calls of a table that does not wait, and of every table before and after it waits. Nothing throws. */
export class TableCallbacks {
  readonly #sqlite: RawSqlite;
  readonly #structs: VtabStructs;
  readonly #current: CurrentRun;

  constructor(sqlite: RawSqlite, structs: VtabStructs, current: CurrentRun) {
    this.#sqlite = sqlite;
    this.#structs = structs;
    this.#current = current;
  }

  readonly connect = (db: Pointer, number: number, _c: number, _v: Pointer, out: Pointer): number => {
    const shape = this.#structs.shape(number);
    try {
      const { exports, memory } = this.#sqlite;
      if (shape === undefined) return result.error;
      const sql = memory.allocateText(shape.declaration);
      const code = exports.sqlite3_declare_vtab(db, sql.pointer);
      exports.free(sql.pointer);
      if (code !== result.ok) throw new Error(memory.cString(exports.sqlite3_errmsg(db)));
      exports.sqlite3__wasm_vtab_config(db, innocuous, 0);
      const vtab = this.#structs.newTable(number);
      memory.int32[out >> 2] = vtab;
      return result.ok;
    } catch (error) {
      return this.#current.failed(error, shape);
    }
  };

  readonly disconnect = (vtab: Pointer): number => {
    this.#structs.freeTable(vtab);
    return result.ok;
  };

  readonly bestIndex = (vtab: Pointer, info: Pointer): number => {
    const shape = this.#structs.shapeAt(vtab);
    try {
      if (shape === undefined) return result.error;
      const { plans, isWriting } = this.#current;
      const plan = planScan(shape, readOffers(this.#sqlite, info), isWriting);
      plans.push(plan);
      this.#current.uses(shape);
      writePlan(this.#sqlite, info, plan, plans.length - 1);
      return result.ok;
    } catch (error) {
      return this.#current.failed(error, shape);
    }
  };

  readonly open = (vtab: Pointer, out: Pointer): number => {
    const shape = this.#structs.shapeAt(vtab);
    try {
      if (shape === undefined) return result.error;
      const pointer = this.#structs.newCursor(this.#newCursor(shape));
      this.#sqlite.memory.int32[out >> 2] = pointer;
      return result.ok;
    } catch (error) {
      return this.#current.failed(error, shape);
    }
  };

  readonly close = (pointer: Pointer): number => {
    const cursor = this.#structs.cursorAt(pointer);
    this.#structs.freeCursor(pointer);
    try {
      cursor?.close();
      return result.ok;
    } catch (error) {
      return this.#current.failed(error, cursor?.shape);
    }
  };

  readonly filter = (
    pointer: Pointer,
    planNumber: number,
    _s: Pointer,
    count: number,
    argv: Pointer,
  ): number => {
    const cursor = this.#structs.cursorAt(pointer);
    try {
      if (!(cursor instanceof ScanCursor)) return result.error;
      const { shape } = cursor;
      const scan = this.beginScan(cursor, planNumber, count, argv);
      if (typeof scan === 'number') return scan;
      // A statement that reads a table which needs a socket is not stepped here: a worker that may open one gets it.
      if (shape.source.kind !== 'built_in' || shape.source.table.needs === 'net') return result.error;
      const query = this.queryOf(shape, scan);
      const { table } = shape.source;
      const rows = (): Iterable<Row> => (query === undefined ? [] : table.generate(query));
      cursor.start(scan.run.traces?.rows(scan.plan, shape, rows) ?? rows());
      return result.ok;
    } catch (error) {
      return this.#current.failed(error, cursor?.shape);
    }
  };

  readonly next = (pointer: Pointer): number => {
    const cursor = this.#structs.cursorAt(pointer);
    try {
      this.#current.run?.guard.check();
      cursor?.advance();
      return result.ok;
    } catch (error) {
      return this.#current.failed(error, cursor?.shape);
    }
  };

  readonly eof = (pointer: Pointer): number => (this.#structs.cursorAt(pointer)?.atEnd === false ? 0 : 1);

  readonly column = (pointer: Pointer, context: Pointer, index: number): number => {
    const cursor = this.#structs.cursorAt(pointer);
    try {
      const column = cursor?.shape.columns[index];
      if (cursor === undefined || column === undefined || cursor.atEnd) return result.error;
      resultCell(this.#sqlite, context, column.declared.type, cursor.cell(column.target));
      return result.ok;
    } catch (error) {
      return this.#current.failed(error, cursor?.shape);
    }
  };

  readonly rowid = (pointer: Pointer, out: Pointer): number => {
    const cursor = this.#structs.cursorAt(pointer);
    try {
      if (cursor === undefined) return result.error;
      const { low, high } = cursor.rowid();
      const { int32 } = this.#sqlite.memory;
      int32[out >> 2] = low;
      int32[(out + 4) >> 2] = high;
      return result.ok;
    } catch (error) {
      return this.#current.failed(error, cursor?.shape);
    }
  };

  /** What a scan asks for, or the code that ends the statement when it may not begin. */
  beginScan(cursor: TableCursor, planNumber: number, count: number, argv: Pointer): BegunScan | number {
    const { run } = this.#current;
    const plan = this.#current.plans[planNumber];
    if (plan === undefined || run === undefined) return result.error;
    if (plan.missingRequired) {
      run.failure ??= missingRequired(cursor.shape);
      return result.constraint;
    }
    run.guard.check();
    return { plan, run, pushed: pushedDown(plan, readArguments(this.#sqlite, plan, count, argv)) };
  }

  /** What a built-in table is told about the scan; undefined when no row can satisfy it. */
  queryOf(shape: TableShape, { plan, run, pushed }: BegunScan): TableQuery | undefined {
    return pushed === undefined ? undefined : scanQuery(shape, plan, pushed, run.services);
  }

  #newCursor(shape: TableShape): TableCursor {
    if (shape.source.kind === 'extension')
      return new ExtensionCursor(shape, shape.source.route, this.#current.closing(shape));
    return shape.needsNet ? new WaitingCursor(shape, this.#current.closing(shape)) : new ScanCursor(shape);
  }
}
