import type { Budget } from '../../protocol/budget.ts';
import { BudgetExceeded } from '../../protocol/budget-exceeded.ts';
import type { ResultColumn } from '../../protocol/cell.ts';
import type { AttachedExtension } from '../../protocol/extension/attachment.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import type { Table } from '../../protocol/table.ts';
import type { TableChoice } from '../../protocol/table-choice.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import { advise, type KnownNames } from './advise.ts';
import { result } from './codes.ts';
import { ConfigTables, type RefusedTable } from './config-tables.ts';
import {
  type AuthorizerLog,
  execute,
  installAuthorizer,
  installProgress,
  openConnection,
} from './connection.ts';
import type { EngineOutcome, EngineRun, WaitingRun } from './engine-run.ts';
import { ExtensionTables } from './extension-tables.ts';
import { failureOf, trapped } from './failures.ts';
import { ForeignDatabases } from './foreign/foreign-databases.ts';
import { ourFunctions } from './install-functions.ts';
import { knownNames } from './known-names.ts';
import { MemoryGrowth } from './memory-growth.ts';
import { typedByProgram } from './program-types.ts';
import { loadSqlite, type Pointer, type RawSqlite } from './raw-sqlite.ts';
import { typedByRow } from './result-columns.ts';
import { RowEncoder } from './row-encoder.ts';
import type { TableServices } from './scan-query.ts';
import { clearSchemaRows, writeSchemaRows } from './schema-rows.ts';
import { finalizeAll, prepareAll, type Statement } from './statements.ts';
import { namesOfTables } from './table-names.ts';
import type { TableRun, WaitingServices } from './table-run.ts';
import { connectionViews } from './views.ts';
import { VirtualTables } from './virtual-tables.ts';

const mebibyte = 1024 * 1024;

/** A run and what it has come to so far. */
interface OpenRun {
  readonly run: EngineRun;
  readonly tables: TableRun;
  readonly statements: Statement[];
  /** Those of the statement that is stepped, from its first row on. */
  columns: readonly ResultColumn[] | undefined;
  announced: boolean;
  rows: number;
}

/**
 * SQLite with the tables of this worker. One run at a time; it survives every failure of a query except a trap
 * inside WASM, after which `broken` is true and the process must be replaced.
 */
export class Engine {
  readonly #sqlite: RawSqlite;
  readonly #db: Pointer;
  readonly #tables: VirtualTables;
  readonly #foreign: ForeignDatabases;
  readonly #builtIn: ReadonlySet<string>;
  readonly #extensions: ExtensionTables;
  /** Tables and views of the config, which change between runs. */
  readonly config: ConfigTables;
  readonly #encoder: RowEncoder;
  readonly #authorized: AuthorizerLog = {
    denied: undefined,
    likeChanged: false,
    readsSchema: false,
    isOurs: false,
  };
  readonly #growth: MemoryGrowth;
  readonly #builtInTables: readonly Table[];
  #run: EngineRun | undefined;
  #broken = false;

  private constructor(
    sqlite: RawSqlite,
    growth: MemoryGrowth,
    tables: readonly Table[],
    profile: WorkerProfile,
  ) {
    this.#sqlite = sqlite;
    this.#growth = growth;
    this.#builtInTables = tables;
    this.#db = openConnection(sqlite, () => this.#run);
    this.#tables = new VirtualTables(sqlite, this.#db, tables, profile);
    this.#foreign = new ForeignDatabases(sqlite);
    this.#builtIn = namesOfTables(tables);
    this.#extensions = new ExtensionTables(this.#tables, this.#builtIn);
    this.config = new ConfigTables(
      this.#tables,
      connectionViews(sqlite, this.#db, this.#tables, this.#authorized),
    );
    installAuthorizer(sqlite, this.#db, this.#authorized, {
      functions: ourFunctions,
      written: (table) => this.#tables.written(table),
    });
    installProgress(sqlite, this.#db, () => this.#run?.guard.mayContinue() ?? true);
    this.#encoder = new RowEncoder(sqlite, (frame) => this.#send(frame));
  }

  /**
   * Loads SQLite and registers the tables. WASM memory never exceeds `memoryMax_bytes`, whatever a run's budget. Only
   * with profile `net` can a run wait for tables that need a socket.
   */
  static open(tables: readonly Table[], memoryMax_bytes: number, profile: WorkerProfile = 'pure'): Engine {
    const growth = new MemoryGrowth();
    const sqlite = loadSqlite(memoryMax_bytes, (total_bytes) => growth.allows(total_bytes));
    return new Engine(sqlite, growth, tables, profile);
  }

  /** True after a trap inside WASM, SQLite's or that of a table: its memory cannot be trusted any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /** See `VirtualTables.choose`. */
  choose(choice: TableChoice): void {
    this.#tables.choose(choice);
  }

  /** Adds the tables of an extension, between runs. Gives the names that are taken already, which are left out. */
  attach(extension: AttachedExtension): readonly string[] {
    if (this.#broken) return [];
    this.config.withdraw();
    return this.#extensions.attach(extension);
  }

  /** Takes the tables of an extension away, between runs. */
  detach(uuid: number): void {
    if (this.#broken) return;
    this.config.withdraw();
    this.#extensions.detach(uuid);
  }

  /** Puts the config's tables and views in place, between runs; tells of those that are refused or cannot be read. */
  settleConfig(): readonly RefusedTable[] {
    return this.#broken ? [] : this.config.settle([...this.#builtIn, ...this.#extensions.names()]);
  }

  /** Runs all statements of the SQL, one after another. Never throws. */
  run(run: EngineRun): EngineOutcome {
    if (this.#broken) return brokenBefore;
    const open = this.#begin(run, undefined);
    try {
      const code = this.#prepare(open);
      const needsNet = code === result.ok && open.statements.some((statement) => statement.needsNet);
      if (needsNet) return this.#end(open, undefined, true);
      const end = code === result.ok ? this.#stepAll(open) : code;
      return this.#end(open, end === result.ok ? undefined : this.#failure(end, open.tables));
    } catch (error) {
      return this.#end(open, this.#caught(error, open.tables));
    }
  }

  /**
   * The same for an engine of profile `net`: the promise stays open while a statement waits for a table that needs a
   * socket. Statements that read none are stepped as ever. Never rejects.
   */
  async runWaiting(run: WaitingRun): Promise<EngineOutcome> {
    if (this.#broken) return brokenBefore;
    const open = this.#begin(run, run.waiting);
    try {
      const code = this.#prepare(open);
      const { extensions } = this.#tables;
      if (code === result.ok && extensions.length > 0) run.waiting.reads(extensions);
      const end = code === result.ok ? await this.#stepAllWaiting(open) : code;
      return this.#end(open, end === result.ok ? undefined : this.#failure(end, open.tables));
    } catch (error) {
      return this.#end(open, this.#caught(error, open.tables));
    }
  }

  #begin(run: EngineRun, waiting: WaitingServices | undefined): OpenRun {
    const { guard, traces } = run;
    const services: TableServices = {
      ...run.services,
      readDatabase: (read) => this.#foreign.read(read, guard, run.services.warn),
      addedTables: () => [...this.#extensions.listed(), ...this.config.listed()],
    };
    const tables: TableRun = { guard, services, waiting, traces, failure: undefined, trapped: false };
    this.#run = run;
    this.#growth.begin(this.#sqlite.memory.size_bytes, run.budget.memory_mb * mebibyte);
    this.#authorized.denied = undefined;
    this.#authorized.readsSchema = false;
    this.#encoder.begin();
    this.#tables.begin(tables);
    // What an earlier query inserted is not the affair of this one.
    this.#sqlite.exports.sqlite3_set_last_insert_rowid(this.#db, 0n);
    return { run, tables, statements: [], columns: undefined, announced: false, rows: 0 };
  }

  #prepare(open: OpenRun): number {
    const { run, statements } = open;
    const prepare = (): number => prepareAll(this.#sqlite, this.#db, run.sql, statements, this.#tables);
    const code = prepare();
    if (code !== result.ok || !this.#authorized.readsSchema) return code;
    // What SQLite compiled before its schema could be written, it would compile again in the midst of the run.
    finalizeAll(this.#sqlite, statements.splice(0));
    this.#inSchema(() => writeSchemaRows(this.#sqlite, this.#db, this.#tables.listed()));
    return prepare();
  }

  #inSchema(write: () => void): void {
    this.#authorized.isOurs = true;
    try {
      write();
    } finally {
      this.#authorized.isOurs = false;
      this.#sqlite.exports.sqlite3_set_last_insert_rowid(this.#db, 0n);
    }
  }

  /** Steps every statement to its end. */
  #stepAll(open: OpenRun): number {
    for (const { pointer } of open.statements) {
      const code = this.#step(open, pointer);
      if (code !== result.done) return code;
      this.#endStatement(open, pointer);
    }
    return this.#finish(open);
  }

  async #stepAllWaiting(open: OpenRun): Promise<number> {
    for (const { pointer, needsNet } of open.statements) {
      const code = needsNet ? await this.#stepWaiting(open, pointer) : this.#step(open, pointer);
      if (code !== result.done) return code;
      this.#endStatement(open, pointer);
    }
    return this.#finish(open);
  }

  #step(open: OpenRun, statement: Pointer): number {
    const { exports } = this.#sqlite;
    for (;;) {
      const code = exports.sqlite3_step(statement);
      if (code !== result.row) return code;
      this.#row(open, statement);
    }
  }

  async #stepWaiting(open: OpenRun, statement: Pointer): Promise<number> {
    for (;;) {
      const code = await this.#sqlite.stepWaiting(statement);
      if (code !== result.row) return code;
      this.#row(open, statement);
    }
  }

  /** Takes the statement's current row. Columns go out with the first one, whose values type the expressions. */
  #row(open: OpenRun, statement: Pointer): void {
    open.columns ??= this.#announce(open, typedByRow(this.#sqlite, statement));
    this.#encoder.row(statement, open.columns.length);
    open.rows += 1;
    const { budget } = open.run;
    if (open.rows > budget.rows) throw new BudgetExceeded('rows', budget.rows, open.rows);
    this.#checkSize(budget);
  }

  /** A row may be cut into many frames, so each is checked. */
  #send(frame: Uint8Array): void {
    if (this.#run === undefined) return;
    this.#checkSize(this.#run.budget);
    this.#run.sink.rows(frame);
  }

  #announce(open: OpenRun, columns: readonly ResultColumn[]): readonly ResultColumn[] {
    open.announced = true;
    open.run.sink.columns(columns);
    return columns;
  }

  /** Nobody shall take the rows of the next statement for those of this one. */
  #endStatement(open: OpenRun, statement: Pointer): void {
    if (open.columns === undefined && this.#sqlite.exports.sqlite3_column_count(statement) > 0)
      this.#announce(open, typedByProgram(this.#sqlite, this.#db, statement, this.#tables));
    this.#encoder.finish();
    open.columns = undefined;
  }

  #finish(open: OpenRun): number {
    if (!open.announced) open.run.sink.columns([]);
    return result.ok;
  }

  #end(open: OpenRun, failure: QueryFailure | undefined, needsNet = false): EngineOutcome {
    this.#cleanUp(open.statements);
    this.#tables.end();
    this.#run = undefined;
    if (open.tables.trapped) this.#broken = true;
    return { failure, needsNet, rows: open.rows, result_bytes: this.#encoder.encoded_bytes };
  }

  #checkSize(budget: Budget): void {
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
      whatBecameOf: (table) => this.#whatBecameOf(table),
      advised: (text) => advise(text, this.#run?.sql ?? '', this.#knownNames()),
      memoryGrowth_mb: this.#growth.wanted_bytes(this.#sqlite.memory.size_bytes) / mebibyte,
    });
  }

  #whatBecameOf(table: string): string | undefined {
    const flag = this.#tables.leftOutBy(table);
    return flag === undefined ? this.#extensions.whatBecameOf(table) : `--${flag} leaves it out`;
  }

  /** With those of the extensions that are there now. */
  #knownNames(): KnownNames {
    const { columns, functions } = knownNames(this.#builtInTables);
    return {
      columns: new Map([...columns, ...this.#extensions.columns(), ...this.config.columns()]),
      functions,
    };
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

  #cleanUp(statements: readonly Statement[]): void {
    if (this.#broken) return;
    try {
      finalizeAll(this.#sqlite, statements);
      if (this.#authorized.likeChanged) {
        execute(this.#sqlite, this.#db, 'PRAGMA case_sensitive_like = OFF');
        this.#authorized.likeChanged = false;
      }
      if (this.#authorized.readsSchema) this.#inSchema(() => clearSchemaRows(this.#sqlite, this.#db));
    } catch {
      // What cannot be cleaned up may not serve the next query.
      this.#broken = true;
    }
  }
}

const brokenBefore: EngineOutcome = {
  failure: trapped('an earlier query'),
  needsNet: false,
  rows: 0,
  result_bytes: 0,
};
