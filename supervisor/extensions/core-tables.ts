import { readContext } from '../../protocol/extension/generate-context.ts';
import {
  type ExtensionResponse,
  failedResponse,
  type PluginRequest,
} from '../../protocol/extension/types.ts';
import type { Constraint } from '../../protocol/table.ts';
import type { Door } from './check-registration.ts';

/** SQL as an extension's own `query` and `getQueryColumns` run it: in the reserved lane, for who asks. */
export interface CoreSql {
  readonly query: (sql: string, door: Door) => Promise<ExtensionResponse>;
  readonly queryColumns: (sql: string, door: Door) => Promise<ExtensionResponse>;
}

/** Calls of registry `sql`; `attach` and `detach` are for osquery's own parts. */
export const callSql = async (
  sql: CoreSql,
  request: PluginRequest,
  door: Door,
): Promise<ExtensionResponse> => {
  const query = request.get('query') ?? '';
  switch (request.get('action') ?? '') {
    case 'query':
      return sql.query(query, door);
    case 'columns': {
      const columns = await sql.queryColumns(query, door);
      const named = columns.response.flatMap((column) => [...column]);
      return {
        ...columns,
        response: named.map(
          ([name, type]) =>
            new Map([
              ['n', name],
              ['t', type],
              ['o', '0'],
            ]),
        ),
      };
    }
    case 'tables':
      return sql.query("SELECT name AS t FROM osquery_registry WHERE registry = 'table'", door);
    default:
      return failedResponse('sql takes the actions query, columns and tables');
  }
};

/** Calls of a table of the daemon: its columns, or its rows, which come the way that every row comes. */
export const callTable = async (
  sql: CoreSql,
  table: string,
  request: PluginRequest,
  door: Door,
): Promise<ExtensionResponse> => {
  const columns = await sql.query(
    `SELECT 'column' AS id, name, type, '0' AS op FROM pragma_table_info(${text(table)})`,
    door,
  );
  if (columns.status.code !== 0) return columns;
  if (columns.response.length === 0) return failedResponse(`Cannot call registry item: ${table}`);
  switch (request.get('action') ?? '') {
    case 'columns':
      return columns;
    case 'generate': {
      const names = columns.response.map((column) => ({ name: column.get('name') ?? '' }));
      const scan = readContext(names, request.get('context') ?? '{}');
      if (!scan.ok) return failedResponse(scan.error.message);
      return sql.query(`SELECT * FROM ${name(table)}${where(scan.value.constraints)}`, door);
    }
    default:
      return failedResponse('a table takes the actions columns and generate');
  }
};

/** Several `=` on one column are alternatives, others hold together. */
const where = (constraints: ReadonlyMap<string, readonly Constraint[]>): string => {
  const conditions = [...constraints].flatMap(([column, list]) => {
    const equal = list.filter(({ operator }) => operator === '=').map(({ value }) => text(String(value)));
    const others = list
      .filter(({ operator }) => operator !== '=')
      .map(({ operator, value }) => `${name(column)} ${operator} ${text(String(value))}`);
    return [...(equal.length > 0 ? [`${name(column)} IN (${equal.join(', ')})`] : []), ...others];
  });
  return conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
};

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const name = (value: string): string => `"${value.replaceAll('"', '""')}"`;
