import type { Budget } from '../../protocol/budget.ts';
import { BudgetExceeded } from '../../protocol/budget-exceeded.ts';
import type { ResultColumn } from '../../protocol/cell.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import type { Table } from '../../protocol/table.ts';
import { result } from './codes.ts';
import {
  type AuthorizerLog,
  createAliases,
  execute,
  installAuthorizer,
  installProgress,
  openConnection,
} from './connection.ts';
import { failureOf, trapped } from './failures.ts';
import { loadSqlite, type Pointer, type RawSqlite } from './raw-sqlite.ts';
import { mergeColumns, statementColumns, typedByRow } from './result-columns.ts';
import { RowEncoder } from './row-encoder.ts';
import type { RunGuard } from './run-guard.ts';
import type { ScanServices } from './scan-query.ts';
import { finalizeAll, prepareAll } from './statements.ts';
import { type TableRun, VirtualTables } from './virtual-tables.ts';

/** Takes a result while it is made. */
export interface ResultSink {
  /** Once, before any row. Not called when a statement fails before its first row. */
  columns(columns: readonly ResultColumn[]): void;
  /** One batch: a JSON array of rows. Valid during the call only. */
  rows(batch: Uint8Array): void;
}

/** One run: what to run, under which limits, with what lent to the tables. */
export interface EngineRun {
  readonly sql: string;
  readonly budget: Budget;
  readonly guard: RunGuard;
  readonly services: ScanServices;
  readonly sink: ResultSink;
}

/** How a run ended. */
export interface EngineOutcome {
  readonly failure: QueryFailure | undefined;
  readonly rows: number;
  /** Encoded result. */
  readonly result_bytes: number;
}

const mebibyte = 1024 * 1024;

/**
 * SQLite with the tables of this worker. One run at a time; it survives every failure of a query except a trap
 * inside WASM, after which `broken` is true and the process must be replaced.
 */
export class Engine {
  readonly #sqlite: RawSqlite;
  readonly #db: Pointer;
  readonly #tables: VirtualTables;
  readonly #encoder: RowEncoder;
  readonly #authorized: AuthorizerLog = { denied: undefined, likeChanged: false };
  readonly #growth: MemoryGrowth;
  #run: EngineRun | undefined;
  #broken = false;

  private constructor(sqlite: RawSqlite, growth: MemoryGrowth, tables: readonly Table[]) {
    this.#sqlite = sqlite;
    this.#growth = growth;
    this.#db = openConnection(sqlite);
    this.#tables = new VirtualTables(sqlite, this.#db, tables);
    createAliases(sqlite, this.#db, tables);
    installAuthorizer(sqlite, this.#db, this.#authorized);
    installProgress(sqlite, this.#db, () => this.#run?.guard.mayContinue() ?? true);
    this.#encoder = new RowEncoder(sqlite, (batch) => this.#run?.sink.rows(batch));
  }

  /** Loads SQLite and registers the tables. WASM memory never exceeds `memoryMax_bytes`, whatever a run's budget. */
  static open(tables: readonly Table[], memoryMax_bytes: number): Engine {
    const growth = new MemoryGrowth();
    const sqlite = loadSqlite(memoryMax_bytes, (total_bytes) => growth.allows(total_bytes));
    return new Engine(sqlite, growth, tables);
  }

  /** True after a trap inside WASM: its memory cannot be trusted any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Runs all statements of the SQL; their rows become one result. Never throws. */
  run(run: EngineRun): EngineOutcome {
    if (this.#broken) return { failure: trapped('an earlier query'), rows: 0, result_bytes: 0 };
    const tableRun: TableRun = { guard: run.guard, services: run.services, failure: undefined };
    this.#run = run;
    this.#growth.begin(this.#sqlite.memory.size_bytes, run.budget.memory_mb * mebibyte);
    this.#authorized.denied = undefined;
    this.#encoder.begin();
    this.#tables.begin(tableRun);
    const progress = { rows: 0 };
    const statements: Pointer[] = [];
    let failure: QueryFailure | undefined;
    try {
      const code = prepareAll(this.#sqlite, this.#db, run.sql, statements);
      const end = code === result.ok ? this.#stepAll(statements, run, progress) : code;
      failure = end === result.ok ? undefined : this.#failure(end, tableRun);
    } catch (error) {
      failure = this.#caught(error, tableRun);
    }
    this.#cleanUp(statements);
    this.#tables.end();
    this.#run = undefined;
    return { failure, rows: progress.rows, result_bytes: this.#encoder.encoded_bytes };
  }

  /** Steps every statement to its end. Columns go out with the first row, whose values type the expressions. */
  #stepAll(statements: readonly Pointer[], run: EngineRun, progress: { rows: number }): number {
    const { exports } = this.#sqlite;
    const own = statements.map((statement) => statementColumns(this.#sqlite, statement));
    const { columns, places } = mergeColumns(own);
    let announced = false;
    for (const [index, statement] of statements.entries()) {
      const at = places[index] ?? [];
      for (;;) {
        const code = exports.sqlite3_step(statement);
        if (code === result.done) break;
        if (code !== result.row) return code;
        if (!announced) {
          announced = true;
          run.sink.columns(typedByRow(this.#sqlite, statement, columns, at));
        }
        this.#encoder.row(statement, at);
        progress.rows += 1;
        this.#checkResult(run.budget, progress.rows);
      }
    }
    if (!announced) run.sink.columns(columns);
    this.#encoder.finish();
    return result.ok;
  }

  #checkResult(budget: Budget, rows: number): void {
    if (rows > budget.rows) throw new BudgetExceeded('rows', budget.rows, rows);
    const result_mb = this.#encoder.encoded_bytes / mebibyte;
    if (result_mb > budget.result_mb) throw new BudgetExceeded('result_mb', budget.result_mb, result_mb);
  }

  #failure(code: number, { guard, failure }: TableRun): QueryFailure {
    const message = this.#sqlite.memory.cString(this.#sqlite.exports.sqlite3_errmsg(this.#db));
    return failureOf({
      code,
      message,
      tableFailure: failure,
      exceeded: guard.exceeded,
      denied: this.#authorized.denied,
      memoryGrowth_mb: this.#growth.wanted_bytes(this.#sqlite.memory.size_bytes) / mebibyte,
    });
  }

  #caught(error: unknown, run: TableRun): QueryFailure {
    if (error instanceof BudgetExceeded) {
      run.guard.exceed(error);
      return this.#failure(result.interrupt, run);
    }
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      this.#broken = true;
      return trapped(error.message);
    }
    return { reason: 'sql_error', message: error instanceof Error ? error.message : String(error) };
  }

  #cleanUp(statements: readonly Pointer[]): void {
    if (this.#broken) return;
    try {
      finalizeAll(this.#sqlite, statements);
      if (this.#authorized.likeChanged) {
        execute(this.#sqlite, this.#db, 'PRAGMA case_sensitive_like = OFF');
        this.#authorized.likeChanged = false;
      }
    } catch {
      // What cannot be cleaned up may not serve the next query.
      this.#broken = true;
    }
  }
}

/** How far WASM memory may grow in this run. */
class MemoryGrowth {
  #from_bytes = 0;
  #limit_bytes: number = Number.POSITIVE_INFINITY;
  /** The smallest size that was asked for in vain since the last growth: the allocator asks for less, then. */
  #refused_bytes: number | undefined;

  begin(from_bytes: number, budget_bytes: number): void {
    this.#from_bytes = from_bytes;
    this.#limit_bytes = from_bytes + budget_bytes;
    this.#refused_bytes = undefined;
  }

  allows(total_bytes: number): boolean {
    const allowed = total_bytes <= this.#limit_bytes;
    this.#refused_bytes = allowed ? undefined : Math.min(total_bytes, this.#refused_bytes ?? total_bytes);
    return allowed;
  }

  /** Growth of this run, with what it asked for last and did not get. */
  wanted_bytes(total_bytes: number): number {
    return (this.#refused_bytes ?? total_bytes) - this.#from_bytes;
  }
}
