import {
  type ConfigTable,
  maxConfigTables,
  pathColumn,
  whyNoConfigTable,
} from '../../protocol/config-tables.ts';
import type { ConfigFile } from './config-file.ts';
import { type ConfigProblem, showValue } from './problem.ts';
import type { TablesConfig } from './schema.ts';
import { appliesHere, type HostFacts, packsHere } from './selection.ts';
import type { LoadedSource } from './sources.ts';

/** The tables and views for this host, in the order of the config, and what was wrong with those that are left out. */
export interface BuiltTables {
  readonly tables: readonly ConfigTable[];
  readonly problems: readonly ConfigProblem[];
}

/** A table or view before it is checked. */
interface Candidate {
  readonly table: ConfigTable;
  readonly file: ConfigFile;
  readonly at: readonly string[];
}

/**
 * Puts `auto_table_construction` and `views` of all sources and of their packs for this host together. A later one
 * replaces an equally named one of its kind. What cannot be used is left out with a warning, as in osquery, and takes
 * nothing else with it; whether a name is free only a worker knows.
 */
export const buildTables = (sources: readonly LoadedSource[], host: HostFacts): BuiltTables => {
  const problems: ConfigProblem[] = [];
  const chosen = new Map<string, ConfigTable>();
  for (const { table, file, at } of sources.flatMap((source) => candidatesOf(source, host))) {
    const wrong =
      chosen.size < maxConfigTables ? whyNoConfigTable(table) : `at most ${maxConfigTables} tables and views`;
    if (wrong !== undefined) {
      problems.push(file.problem('warning', at, wrong, `${found(table)}; the ${table.kind} is left out`));
      continue;
    }
    if (table.kind === 'table' && table.columns.some((column) => column.toLowerCase() === pathColumn)) {
      const told = `'${pathColumn}', which stands in the place of the file's own path`;
      problems.push(file.problem('warning', [...at, 'columns'], 'columns with other names', told));
    }
    chosen.set(`${table.kind} ${table.name.toLowerCase()}`, table);
  }
  // A view may read a table, and is made after it.
  const kinds = ['table', 'view'];
  const tables = [...chosen.values()].toSorted(
    (one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind),
  );
  return { tables, problems };
};

const found = (table: ConfigTable): string =>
  table.kind === 'view'
    ? showValue(table.sql)
    : showValue({ path: table.path, columns: table.columns, query: table.sql });

const candidatesOf = (source: LoadedSource, host: HostFacts): readonly Candidate[] => [
  ...tablesOf(source.config, source.file, [], host),
  ...packsHere(source, host).flatMap(({ pack, file, at }) => tablesOf(pack, file, at, host)),
];

const tablesOf = (
  { views = {}, auto_table_construction: constructed = {} }: TablesConfig,
  file: ConfigFile,
  at: readonly string[],
  host: HostFacts,
): readonly Candidate[] => [
  ...Object.entries(constructed)
    .filter(([, { platform }]) => appliesHere({ platform }, host))
    .map(([name, { query: sql, path, columns }]) => ({
      table: { kind: 'table', name, sql, path, columns } as const,
      file,
      at: [...at, 'auto_table_construction', name],
    })),
  ...Object.entries(views).map(([name, sql]) => ({
    table: { kind: 'view', name, sql } as const,
    file,
    at: [...at, 'views', name],
  })),
];
