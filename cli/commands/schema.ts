import { nearest } from '../../protocol/nearest.ts';
import { type Failure, ok, type Result } from '../../protocol/result.ts';
import { platformOfTable } from '../../workers/engine/foreign-tables.ts';
import { type CommandIo, complain } from '../command-io.ts';
import { type Openers, openDaemon } from '../query-service.ts';
import { addedTables } from '../schema/added-tables.ts';
import { describeTable, listTables } from '../schema/describe-table.ts';
import { loadTables } from '../schema/load-tables.ts';
import { byName, factsOf, type TableFacts } from '../schema/table-facts.ts';

/** What `leash schema` shows, and of whom. */
export interface SchemaOptions {
  readonly json: boolean;
  /** See `Answerer`. */
  readonly control?: string | undefined;
}

/**
 * `leash schema [TABLE] [--json]`: the tables of that name, or whose names begin so; all without one. Where a daemon
 * answers, those of its extensions and its config are among them.
 */
export const schema = async (
  asked: string | undefined,
  { json, control }: SchemaOptions,
  io: CommandIo,
  openers: Openers,
): Promise<number> => {
  const added = await addedInDaemon(control, openers);
  if (!added.ok) {
    if (control !== undefined) return complain(io, added.error.message);
    io.err(`Warning: these are the built-in tables only: ${added.error.message}\n`);
  }
  const tables = byName([...(await loadTables()).map(factsOf), ...(added.ok ? added.value : [])]);
  const meant = asked === undefined ? tables : tablesMeant(asked, tables);
  if (meant.length === 0) return complain(io, unknown(asked ?? '', tables));
  io.out(json ? `${JSON.stringify(meant, null, 2)}\n` : asText(meant));
  return 0;
};

/** That no daemon runs for this user is no failure unless one was named. */
const addedInDaemon = async (
  control: string | undefined,
  openers: Openers,
): Promise<Result<readonly TableFacts[], Failure>> => {
  const daemon = await openDaemon(control, openers);
  if (daemon.ok) {
    const added = await addedTables(daemon.value);
    await daemon.value.close();
    return added;
  }
  const isNone = daemon.error.reason === 'no_daemon' || daemon.error.reason === 'permission_denied';
  return control === undefined && isNone ? ok([]) : daemon;
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
