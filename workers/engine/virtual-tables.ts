import type { AttachedExtension } from '../../protocol/extension/attachment.ts';
import type { PureTable, Table } from '../../protocol/table.ts';
import { leftOutBy, type TableChoice } from '../../protocol/table-choice.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import { result } from './codes.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import { TableCallbacks } from './table-callbacks.ts';
import { CurrentRun, type TableRun } from './table-run.ts';
import { shapeOf, shapeOfRoute, type TableShape } from './table-shape.ts';
import { TableWriter } from './table-write.ts';
import { buildModule } from './vtab-module.ts';
import { VtabStructs } from './vtab-structs.ts';
import { WaitingCallbacks } from './waiting-callbacks.ts';
import type { Signature } from './wasm-callbacks.ts';

/** The modules that tables are registered with, by what is called of them. */
interface Modules {
  readonly pure: Pointer;
  readonly net: Pointer;
  /** Of tables that may be written. */
  readonly extension: Pointer;
}

/** A table that is not there from the beginning. */
interface AddedTable {
  readonly number: number;
  readonly shape: TableShape;
  readonly mayBeWritten: boolean;
}

/**
 * Every table, under each of its names, as an eponymous virtual table: it exists under its name without being created, and is set up when
 * a statement first names it. SQLite calls in here; nothing may be thrown back through it.
 */
export class VirtualTables {
  readonly #sqlite: RawSqlite;
  readonly #db: Pointer;
  readonly #structs: VtabStructs;
  readonly #current: CurrentRun = new CurrentRun();
  readonly #modules: Modules;
  /** Tables that came later, by name in lower case, with the numbers that their modules are registered with. */
  readonly #added = new Map<string, AddedTable>();
  /** Every table that is there, under its first name, by that name in lower case. */
  readonly #listed = new Map<string, () => TableShape>();
  #choice: TableChoice = { enabled: [], disabled: [] };
  /** Flag by name in lower case, of what it leaves out. */
  readonly #leftOut = new Map<string, string>();

  /** With `net` statements may wait for tables that need a socket; else those can only be planned. */
  constructor(sqlite: RawSqlite, db: Pointer, tables: readonly Table[], profile: WorkerProfile) {
    this.#sqlite = sqlite;
    this.#db = db;
    this.#structs = new VtabStructs(sqlite);
    this.#modules = this.#installModules(profile);
    for (const table of tables) {
      // Most tables are read by no query of this worker: what the engine makes of them can wait.
      const shape = atFirstUse(() => shapeOf(table));
      const module = table.needs === 'net' ? this.#modules.net : this.#modules.pure;
      for (const name of [table.name, ...(table.aliases ?? [])])
        this.#register(
          name,
          atFirstUse(() => ({ ...shape(), name })),
          module,
        );
      this.#listed.set(table.name.toLowerCase(), shape);
    }
  }

  /** Takes away what the flags leave out, and keeps it away when it comes later. Before the first query. */
  choose(choice: TableChoice): void {
    this.#choice = choice;
    for (const shape of this.listed()) {
      const names = namesOf(shape);
      const flag = leftOutBy(choice, names);
      if (flag === undefined) continue;
      this.#listed.delete(shape.name.toLowerCase());
      for (const name of names) {
        this.#createModule(name, 0, 0);
        this.#leftOut.set(name.toLowerCase(), flag);
      }
    }
  }

  /** The flag that leaves out a table which would be there. */
  leftOutBy(name: string): string | undefined {
    return this.#leftOut.get(name.toLowerCase());
  }

  /** Begins a run. Statements are prepared and stepped between `begin` and `end`. */
  begin(run: TableRun): void {
    this.#current.begin(run);
  }

  end(): void {
    this.#current.end();
  }

  /** Begins a statement, which is prepared next. */
  beginStatement(): void {
    this.#current.isWriting = false;
  }

  /** Uses of tables that need a socket that were planned so far: it grows when such a statement is prepared. */
  get usesOfNet(): number {
    return this.#current.usesOfNet;
  }

  /** Extensions whose tables the run reads or writes, as far as it is prepared. */
  get extensions(): readonly number[] {
    return [...this.#current.extensions];
  }

  /** Every table that is there, once. */
  listed(): readonly TableShape[] {
    return [...this.#listed.values()].map((shape) => shape());
  }

  /** The table of this name if it may be written, which those of extensions may; notes that the statement does. */
  written(name: string): TableShape | undefined {
    const known = this.#added.get(name.toLowerCase());
    if (known?.mayBeWritten !== true) return undefined;
    this.#current.isWriting = true;
    this.#current.uses(known.shape);
    return known.shape;
  }

  /**
   * Makes a table of an extension known, under its own name and the route's other ones, by which it cannot be written.
   * They must be free. No statement may be open.
   */
  attach(extension: AttachedExtension, route: AttachedExtension['tables'][number]): void {
    const shape = shapeOfRoute(extension, route);
    const flag = leftOutBy(this.#choice, namesOf(shape));
    if (flag !== undefined) return void this.#leftOut.set(route.name.toLowerCase(), flag);
    this.#add(shape, this.#modules.extension, true);
    this.#list(shape);
    for (const alias of route.aliases) this.#add({ ...shape, name: alias }, this.#modules.net, false);
  }

  /** The same for a table of the config, which reads files alone. */
  construct(table: PureTable): void {
    const flag = leftOutBy(this.#choice, [table.name]);
    if (flag !== undefined) throw new Error(`--${flag} leaves it out`);
    const shape = shapeOf(table);
    this.#add(shape, this.#modules.pure, false);
    this.#list(shape);
  }

  /** Forgets a table that came later, by one of its names. No statement may be open. */
  detach(name: string): void {
    const known = this.#added.get(name.toLowerCase());
    if (known === undefined) return;
    this.#added.delete(name.toLowerCase());
    this.#listed.delete(name.toLowerCase());
    this.#createModule(name, 0, 0);
    this.#structs.dropShape(known.number);
  }

  #list(shape: TableShape): void {
    this.#listed.set(shape.name.toLowerCase(), () => shape);
  }

  #add(shape: TableShape, module: Pointer, mayBeWritten: boolean): void {
    const number = this.#register(shape.name, () => shape, module);
    this.#added.set(shape.name.toLowerCase(), { number, shape, mayBeWritten });
  }

  #register(name: string, shape: () => TableShape, module: Pointer): number {
    const number = this.#structs.addShape(shape);
    this.#createModule(name, module, number);
    return number;
  }

  /** A module of NULL takes the one of that name away (https://sqlite.org/c3ref/create_module.html). */
  #createModule(name: string, module: Pointer, number: number): void {
    const { exports, memory } = this.#sqlite;
    const text = memory.allocateText(name);
    const code = exports.sqlite3_create_module_v2(this.#db, text.pointer, module, number, 0);
    exports.free(text.pointer);
    if (code !== result.ok) throw new Error(`table ${name} cannot be registered: code ${code}`);
  }

  #installModules(profile: WorkerProfile): Modules {
    const sqlite = this.#sqlite;
    const tables = new TableCallbacks(sqlite, this.#structs, this.#current);
    const install = (signature: Signature, callback: (...args: never[]) => number): Pointer =>
      sqlite.install(signature, callback);
    const disconnect = install('i(p)', tables.disconnect);
    const common = {
      xConnect: install('i(ppippp)', tables.connect),
      xBestIndex: install('i(pp)', tables.bestIndex),
      xDisconnect: disconnect,
      xDestroy: disconnect,
      xOpen: install('i(pp)', tables.open),
      xClose: install('i(p)', tables.close),
      xEof: install('i(p)', tables.eof),
      xColumn: install('i(ppi)', tables.column),
      xRowid: install('i(pp)', tables.rowid),
    };
    const atOnce = {
      ...common,
      xFilter: install('i(pipip)', tables.filter),
      xNext: install('i(p)', tables.next),
    };
    const module = (callbacks: Parameters<typeof buildModule>[1]): Pointer =>
      buildModule(sqlite.memory, callbacks);
    const pure = module({ ...atOnce, xUpdate: 0 });
    if (profile === 'pure') {
      // A statement that writes is prepared here and stepped elsewhere: without xUpdate it could not be prepared.
      const never = install('i(pipp)', () => result.error);
      return { pure, net: pure, extension: module({ ...atOnce, xUpdate: never }) };
    }
    const waiting = new WaitingCallbacks(tables, this.#structs, this.#current);
    const writer = new TableWriter(sqlite, this.#structs, this.#current);
    const suspending = {
      ...common,
      xFilter: sqlite.installSuspending('i(pipip)', waiting.filter),
      xNext: sqlite.installSuspending('i(p)', waiting.next),
    };
    const xUpdate = sqlite.installSuspending('i(pipp)', writer.update);
    return {
      pure,
      net: module({ ...suspending, xUpdate: 0 }),
      extension: module({ ...suspending, xUpdate }),
    };
  }
}

const atFirstUse = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

/** A table's own name and its other ones. */
const namesOf = ({ name, source }: TableShape): readonly string[] => [
  name,
  ...(source.kind === 'built_in' ? (source.table.aliases ?? []) : source.route.aliases),
];
