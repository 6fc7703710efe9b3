import type { QueryService, QueryWish } from '../../protocol/control.ts';
import { ok, type Result } from '../../protocol/result.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import { answerOf } from '../shell/answer-of.ts';
import { loadTables } from './load-tables.ts';
import type { ColumnFacts, TableFacts } from './table-facts.ts';

/** A row of the registry that is not built in. */
interface Added {
  readonly name: string;
  readonly uuid: string;
}

/**
 * Tables that whoever answers has beside the built-in ones, in the order of their names: those of extensions, tables and
 * views of the config, and what a daemon of another kind brings. A view that cannot be read has no columns.
 */
export const addedTables = async (
  service: QueryService,
  wish: QueryWish = {},
): Promise<Result<readonly TableFacts[], QueryFailure>> => {
  const registered = await answerOf(
    service,
    "SELECT name, owner_uuid FROM osquery_registry WHERE registry = 'table' ORDER BY name",
    wish,
  );
  if (!registered.ok) return registered;
  const builtIn = new Set((await loadTables()).map(({ name }) => name));
  const added = registered.value.rows
    .map(([name, uuid]): Added => ({ name: name ?? '', uuid: uuid ?? '' }))
    .filter(({ name }) => !builtIn.has(name));
  const columns = await columnsByTable(
    service,
    added.map(({ name }) => name),
    wish,
  );
  return ok(added.map((table) => factsOfAdded(table, columns.get(table.name) ?? [])));
};

type ColumnsByTable = ReadonlyMap<string, readonly ColumnFacts[]>;

/** One question for all; where a view cannot be read, that fails, and each table is asked about by itself. */
const columnsByTable = async (
  service: QueryService,
  names: readonly string[],
  wish: QueryWish,
): Promise<ColumnsByTable> => {
  if (names.length === 0) return new Map();
  const list = names.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ');
  const sql =
    'SELECT r.name AS owner, c.name AS name, c.type AS type, c.hidden AS hidden ' +
    `FROM osquery_registry r JOIN pragma_table_xinfo(r.name) c WHERE registry = 'table' AND r.name IN (${list})`;
  const answer = await answerOf(service, sql, wish);
  if (!answer.ok) {
    if (names.length === 1) return new Map();
    const found = new Map<string, readonly ColumnFacts[]>();
    // One after the other: whoever answers has a short queue.
    for (const name of names) {
      for (const [owner, columns] of await columnsByTable(service, [name], wish)) found.set(owner, columns);
    }
    return found;
  }
  const found = new Map<string, ColumnFacts[]>();
  for (const [owner, name, type, hidden] of answer.value.rows) {
    const column: ColumnFacts = {
      name: name ?? '',
      type: type ?? '',
      options: hidden === '1' ? ['hidden'] : [],
      aliases: [],
    };
    found.set(owner ?? '', [...(found.get(owner ?? '') ?? []), column]);
  }
  return found;
};

const factsOfAdded = ({ name, uuid }: Added, columns: readonly ColumnFacts[]): TableFacts => ({
  name,
  description: uuid === '0' ? 'Not built in: of the config.' : `Not built in: of the extension ${uuid}.`,
  aliases: [],
  needs_net: uuid !== '0',
  user_data: false,
  cacheable: false,
  example: `SELECT * FROM ${name} LIMIT 5;`,
  columns,
});
