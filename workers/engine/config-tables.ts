import type { ConfigView } from '../../protocol/config-tables.ts';
import type { AddedTable, PureTable } from '../../protocol/table.ts';
import { isOfSqlite } from './table-names.ts';
import { shortened } from './table-run.ts';
import type { VirtualTables } from './virtual-tables.ts';

/** How views are made and dropped on the connection. */
export interface Views {
  create(view: ConfigView): void;
  drop(name: string): void;
  /** The names of its columns, or what SQLite says against a statement over it. */
  look(name: string): { readonly columns: readonly string[] } | { readonly unusable: string };
}

/** A table or view of the config that is not there, or cannot be read, and why. */
export interface RefusedTable {
  readonly name: string;
  readonly message: string;
}

/** What the config adds, as the worker takes it. */
type Wanted = { readonly kind: 'table'; readonly name: string; readonly table: PureTable } | ConfigView;

/**
 * Tables and views of the config. They stand behind all others: what is built in, or an extension brings, keeps its
 * name, so they are put in place anew when an extension came or went.
 */
export class ConfigTables {
  readonly #tables: VirtualTables;
  readonly #views: Views;
  #wanted: readonly Wanted[] = [];
  /** What is in place, in the order in which it came. */
  #placed: Wanted[] = [];
  /** Columns of the views that can be read. */
  readonly #columns = new Map<string, readonly string[]>();
  #isSettled = true;

  constructor(tables: VirtualTables, views: Views) {
    this.#tables = tables;
    this.#views = views;
  }

  /** Forgets everything that the config brought. */
  forget(): void {
    this.withdraw();
    this.#wanted = [];
  }

  /** A table or view more, from the next `settle` on. */
  add(wanted: Wanted): void {
    this.#wanted = [...this.#wanted, wanted];
    this.#isSettled = false;
  }

  /** Makes room for others, until the next `settle`. */
  withdraw(): void {
    for (const { kind, name } of this.#placed.toReversed()) {
      if (kind === 'table') this.#tables.detach(name);
      else this.#views.drop(name);
    }
    this.#placed = [];
    this.#columns.clear();
    this.#isSettled = this.#wanted.length === 0;
  }

  /**
   * Puts in place what is not: `taken` are the names of all other tables, in lower case. Tells what is refused, and which
   * views cannot be read; these stay, since what they miss may come with an extension. One view may read another.
   */
  settle(taken: Iterable<string>): readonly RefusedTable[] {
    if (this.#isSettled) return [];
    this.withdraw();
    this.#isSettled = true;
    const names = new Set(taken);
    const refused = this.#wanted.flatMap((wanted) => {
      const message = this.#place(wanted, names);
      return message === undefined ? [] : [{ name: wanted.name, message: shortened(message) }];
    });
    return [...refused, ...this.#unusable()];
  }

  /** What is in place. */
  listed(): readonly AddedTable[] {
    return this.#placed.map(({ name }) => ({ name }));
  }

  /** Columns by name, of what is in place and can be read. */
  columns(): readonly (readonly [name: string, columns: readonly string[]])[] {
    return this.#placed.flatMap((each) => {
      const columns = each.kind === 'table' ? Object.keys(each.table.columns) : this.#columns.get(each.name);
      return columns === undefined ? [] : [[each.name.toLowerCase(), columns] as const];
    });
  }

  #place(wanted: Wanted, names: Set<string>): string | undefined {
    const name = wanted.name.toLowerCase();
    if (names.has(name) || isOfSqlite(name)) return 'there is a table of this name already';
    try {
      if (wanted.kind === 'table') this.#tables.construct(wanted.table);
      else this.#views.create(wanted);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    names.add(name);
    this.#placed.push(wanted);
    return undefined;
  }

  #unusable(): readonly RefusedTable[] {
    return this.#placed.flatMap(({ kind, name }) => {
      if (kind === 'table') return [];
      const seen = this.#views.look(name);
      if ('unusable' in seen) return [{ name, message: shortened(seen.unusable) }];
      this.#columns.set(name, seen.columns);
      return [];
    });
  }
}
