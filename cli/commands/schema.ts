import { nearest } from '../../protocol/nearest.ts';
import { platformOfTable } from '../../workers/engine/foreign-tables.ts';
import { type CommandIo, complain } from '../command-io.ts';
import { describeTable, listTables } from '../schema/describe-table.ts';
import { loadTables } from '../schema/load-tables.ts';
import { factsOf, type TableFacts } from '../schema/table-facts.ts';

/** `leash schema [TABLE] [--json]`: the tables of that name, or whose names begin so; all without one. */
export const schema = async (asked: string | undefined, json: boolean, io: CommandIo): Promise<number> => {
  const tables = (await loadTables()).map(factsOf);
  const meant = asked === undefined ? tables : tablesMeant(asked, tables);
  if (meant.length === 0) return complain(io, unknown(asked ?? '', tables));
  io.out(json ? `${JSON.stringify(meant, null, 2)}\n` : asText(meant));
  return 0;
};

/** Everything only when somebody asks for one table: the columns of many would bury the names. */
const asText = (tables: readonly TableFacts[]): string => {
  const [only] = tables;
  return only !== undefined && tables.length === 1 ? describeTable(only) : listTables(tables);
};

/** A table of just this name hides those that begin with it. */
const tablesMeant = (asked: string, tables: readonly TableFacts[]): readonly TableFacts[] => {
  const exact = tables.filter(({ name, aliases }) => name === asked || aliases.includes(asked));
  return exact.length > 0 ? exact : tables.filter(({ name }) => name.startsWith(asked));
};

const unknown = (asked: string, tables: readonly TableFacts[]): string => {
  const platform = platformOfTable(asked);
  if (platform !== undefined) return `there is no table '${asked}': osquery has it on ${platform} only`;
  const names = tables.map(({ name }) => name);
  const near = nearest(asked, names);
  if (near !== undefined) return `there is no table '${asked}'; did you mean ${near}?`;
  const within = names.filter((name) => name.includes(asked));
  const hint =
    within.length > 0 ? `these have it in their name: ${within.join(', ')}` : "'leash schema' lists them";
  return `there is no table '${asked}'; ${hint}`;
};
