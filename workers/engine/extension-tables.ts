import type { AttachedExtension } from '../../protocol/extension/attachment.ts';
import type { TableRoute } from '../../protocol/extension/table-route.ts';
import type { AddedTable } from '../../protocol/table.ts';
import { isOfSqlite } from './table-names.ts';
import type { VirtualTables } from './virtual-tables.ts';

/** How many tables that went are remembered, so that a query which still names one is told of its extension. */
const mostGone = 1_000;

/**
 * Tables of the extensions that are attached. A name that is taken, by a built-in table or an earlier extension, is
 * not given again: the supervisor refuses such an extension, and what comes here all the same changes no table's meaning.
 */
export class ExtensionTables {
  readonly #tables: VirtualTables;
  readonly #builtIn: ReadonlySet<string>;
  readonly #attached = new Map<number, AttachedExtension>();
  /** Extension by name of a table that is there no more. */
  readonly #gone = new Map<string, string>();

  /** `builtIn`: names that are taken from the beginning, in lower case. */
  constructor(tables: VirtualTables, builtIn: ReadonlySet<string>) {
    this.#tables = tables;
    this.#builtIn = builtIn;
  }

  /** Adds the tables of an extension, in place of those that it had. Gives the names that are not free. */
  attach(extension: AttachedExtension): readonly string[] {
    this.detach(extension.uuid);
    const taken = new Set([...this.#builtIn, ...this.names()]);
    const refused: string[] = [];
    const isFree = (name: string): boolean => {
      if (!taken.has(lower(name)) && !isOfSqlite(lower(name))) return true;
      refused.push(name);
      return false;
    };
    const tables: TableRoute[] = [];
    for (const route of extension.tables) {
      if (!isFree(route.name)) continue;
      taken.add(lower(route.name));
      const aliases: string[] = [];
      for (const alias of route.aliases.filter(isFree)) {
        if (taken.has(lower(alias))) continue;
        taken.add(lower(alias));
        aliases.push(alias);
      }
      const named = { ...route, aliases };
      this.#tables.attach(extension, named);
      tables.push(named);
    }
    this.#attached.set(extension.uuid, { ...extension, tables });
    return refused;
  }

  /** Takes the tables of an extension away, if it is known. */
  detach(uuid: number): void {
    const extension = this.#attached.get(uuid);
    if (extension === undefined) return;
    this.#attached.delete(uuid);
    for (const name of extension.tables.flatMap(namesOf)) {
      this.#tables.detach(name);
      this.#remember(name, extension.name);
    }
    for (const name of awayNames(extension)) this.#remember(name, extension.name);
  }

  /** The tables that are attached, each by the name that it was given. */
  listed(): readonly AddedTable[] {
    return [...this.#attached.values()].flatMap(({ uuid, tables }) =>
      tables.map(({ name }) => ({ name, uuid })),
    );
  }

  /** Names that extensions have, those of tables that are away too, in lower case. */
  names(): readonly string[] {
    return [...this.#attached.values()].flatMap((extension) => [
      ...extension.tables.flatMap(namesOf),
      ...awayNames(extension),
    ]);
  }

  /** Columns by table and by other name of it, of all that are attached. */
  columns(): readonly (readonly [table: string, columns: readonly string[]])[] {
    return [...this.#attached.values()].flatMap(({ tables }) =>
      tables.flatMap((route) => {
        const columns = route.columns.map(({ name }) => name);
        return namesOf(route).map((name) => [name, columns] as const);
      }),
    );
  }

  /** What is to be said beside "no such table" when the table was an extension's. */
  whatBecameOf(table: string): string | undefined {
    const away = this.#awayOf(lower(table));
    if (away !== undefined) return away;
    const extension = this.#gone.get(lower(table));
    if (extension === undefined) return undefined;
    return `extension ${JSON.stringify(extension)}, which brought it, is not registered at the moment`;
  }

  #awayOf(table: string): string | undefined {
    for (const { name, away } of this.#attached.values()) {
      const missed = away.find(({ names }) => names.map(lower).includes(table));
      if (missed === undefined) continue;
      const since = new Date(missed.since_unix_ms).toISOString();
      return `extension ${JSON.stringify(name)}, which brought it, does not answer for it any more (since ${since}); it is back when the extension does, or is restarted`;
    }
    return undefined;
  }

  #remember(table: string, extension: string): void {
    this.#gone.delete(table);
    this.#gone.set(table, extension);
    const [oldest] = this.#gone.keys();
    if (this.#gone.size > mostGone && oldest !== undefined) this.#gone.delete(oldest);
  }
}

const lower = (name: string): string => name.toLowerCase();

const awayNames = ({ away }: AttachedExtension): readonly string[] =>
  away.flatMap(({ names }) => names.map(lower));

const namesOf = ({ name, aliases }: TableRoute): readonly string[] => [name, ...aliases].map(lower);
