import type { ConfigTable } from '../../protocol/config-tables.ts';
import type { ToWorker } from '../../protocol/worker-messages.ts';

/** The config's tables and views, as the workforce sees them. */
export interface ConfigTableBoard {
  /** Replaced, never changed: comparing identities tells whether the config was read again. */
  readonly tables: readonly ConfigTable[];
  /** A worker could not take one, or cannot read it: said once a config, however many workers say it. */
  refused(name: string, message: string): void;
}

/** What a worker has to be told of the config before its next query, one table or view a message. Pure. */
export const configNews = (
  told: readonly ConfigTable[],
  tables: readonly ConfigTable[],
): readonly ToWorker[] => {
  if (told === tables || told.length + tables.length === 0) return [];
  return [{ type: 'forget_config' }, ...tables.map((table): ToWorker => ({ type: 'config_table', table }))];
};

/** The board of a config that may be read again. */
export const configTableBoard = (
  tables: () => readonly ConfigTable[],
  warn: (message: string) => void,
): ConfigTableBoard => {
  let of: readonly ConfigTable[] = [];
  let said = new Set<string>();
  return {
    get tables() {
      return tables();
    },
    refused: (name, message) => {
      if (of !== tables()) [of, said] = [tables(), new Set()];
      const kind = of.find((table) => table.name === name)?.kind;
      // What a worker says of a config that is not in force any more helps nobody.
      if (kind === undefined || said.has(name)) return;
      said.add(name);
      warn(`The config's ${kind} '${name}' cannot be used: ${message}.`);
    },
  };
};
