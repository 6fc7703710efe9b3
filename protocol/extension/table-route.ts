import { type Failure, fail, ok, type Result } from '../result.ts';
import type { Column } from '../table.ts';
import { optionMask, optionsOf, typeName, typeNamed } from './column-options.ts';
import type { PluginResponse, PluginRow } from './types.ts';

/** What a table says about itself, in osquery's terms. */
export const tableAttributes = [
  'utility',
  'cacheable',
  'event_based',
  'user_based',
  'kernel_required',
  'pending',
] as const;

export type TableAttribute = (typeof tableAttributes)[number];

/** A column of an extension's table. */
export interface RouteColumn {
  readonly name: string;
  readonly column: Column;
}

/** A table of an extension, as its route info declares it. */
export interface TableRoute {
  readonly name: string;
  /** In the order in which it counts its columns. */
  readonly columns: readonly RouteColumn[];
  /** Other names of the table. */
  readonly aliases: readonly string[];
  readonly attributes: ReadonlySet<TableAttribute>;
}

export type RouteFailure = Failure<'no_columns' | 'bad_name' | 'duplicate_column' | 'too_many_columns'>;

/** SQLite's own bound (SQLITE_MAX_COLUMN). */
const maxColumns = 2000;
const maxName_characters = 256;

/**
 * Reads the route info of a table: of its registration, or the answer to `columns`. A type that is not known is TEXT, as
 * a value of any type is text on the wire; an alias of a column that is not there, and what has no meaning to us, is
 * passed over. `defaultIndex`: a column without options counts as INDEX (`extensions_default_index`).
 */
export const readTableRoute = (
  name: string,
  info: PluginResponse,
  defaultIndex: boolean,
): Result<TableRoute, RouteFailure> => {
  const columnAliases = info.filter((row) => row.get('id') === 'columnAlias');
  const columns: RouteColumn[] = [];
  const seen = new Set<string>();
  for (const row of info) {
    if (row.get('id') !== 'column') continue;
    const column = readColumn(row, columnAliases, defaultIndex);
    const key = column.name.toLowerCase();
    if (!isTableName(column.name))
      return refusal('bad_name', name, `${shown(column.name)} is no name of a column`);
    if (seen.has(key)) return refusal('duplicate_column', name, `column ${column.name} is declared twice`);
    seen.add(key);
    columns.push(column);
  }
  if (!isTableName(name)) return refusal('bad_name', name, 'that is no name of a table');
  if (columns.length === 0) return refusal('no_columns', name, 'it declares no columns');
  if (columns.length > maxColumns) {
    return refusal(
      'too_many_columns',
      name,
      `it declares ${columns.length} columns, ${maxColumns} are taken`,
    );
  }
  return ok({ name, columns, aliases: namesOf(info), attributes: attributesOf(info) });
};

/** Route info of a table; what `readTableRoute` reads. */
export const writeTableRoute = ({ columns, aliases, attributes }: TableRoute): PluginResponse => [
  ...columns.map(({ name, column }) =>
    row({ id: 'column', name, type: typeName(column.type), op: String(optionMask(column)) }),
  ),
  ...aliases.map((alias) => row({ id: 'alias', alias })),
  ...columns.flatMap(({ name, column }) =>
    (column.aliases ?? []).map((alias) => row({ id: 'columnAlias', name: alias, target: name })),
  ),
  row({ id: 'attributes', attributes: String(maskOf(attributes)) }),
];

/** Names of the columns whose values are bytes and no text. */
export const binaryColumns = ({ columns }: TableRoute): ReadonlySet<string> =>
  new Set(columns.filter(({ column }) => column.type === 'BLOB').map(({ name }) => name));

const readColumn = (
  row: PluginRow,
  columnAliases: readonly PluginRow[],
  defaultIndex: boolean,
): RouteColumn => {
  const name = row.get('name') ?? '';
  const mask = maskIn(row.get('op'));
  const aliases = columnAliases
    .filter((alias) => alias.get('target') === name)
    .map((alias) => alias.get('name') ?? '')
    .filter(isTableName);
  const options = optionsOf(mask === 0 && defaultIndex ? 1 : mask);
  const type = typeNamed(row.get('type') ?? '') ?? 'TEXT';
  return { name, column: { type, ...options, ...(aliases.length > 0 ? { aliases } : {}) } };
};

const namesOf = (info: PluginResponse): readonly string[] =>
  info
    .filter((row) => row.get('id') === 'alias')
    .map((row) => row.get('alias') ?? '')
    .filter(isTableName);

const attributesOf = (info: PluginResponse): ReadonlySet<TableAttribute> => {
  const mask = maskIn(info.find((row) => row.get('id') === 'attributes')?.get('attributes'));
  return new Set(tableAttributes.filter((_, bit) => (mask & (1 << bit)) !== 0));
};

const maskOf = (attributes: ReadonlySet<TableAttribute>): number =>
  tableAttributes.reduce((mask, name, bit) => (attributes.has(name) ? mask | (1 << bit) : mask), 0);

/** A decimal mask; 0 for what is none. */
const maskIn = (text: string | undefined): number =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;

/** Whether a table or column may have this name. Names go into SQL and onto terminals: printable, without what quotes a name, and not those of SQLite's own tables. */
export const isTableName = (name: string): boolean =>
  name.length > 0 &&
  name.length <= maxName_characters &&
  !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`"[\]]/u.test(name) &&
  !/^sqlite_/i.test(name) &&
  name !== '__proto__';

const row = (members: Readonly<Record<string, string>>): PluginRow => new Map(Object.entries(members));

const shown = (name: string): string => JSON.stringify(name.slice(0, maxName_characters));

const refusal = (
  reason: RouteFailure['reason'],
  table: string,
  what: string,
): { readonly ok: false; readonly error: RouteFailure } =>
  fail({ reason, message: `table ${shown(table)}: ${what}` });
