import type { AttachedExtension } from '../../protocol/extension/attachment.ts';
import type { TableRoute } from '../../protocol/extension/table-route.ts';
import type { Column, Table } from '../../protocol/table.ts';

/** A column as SQLite sees it; an alias has the `target` that holds its value. */
export interface ShapeColumn {
  readonly name: string;
  readonly declared: Column;
  /** Index of the column that holds the value: its own unless this is an alias. */
  readonly target: number;
}

/** Where a table's rows come from. */
export type TableSource =
  | { readonly kind: 'built_in'; readonly table: Table }
  | { readonly kind: 'extension'; readonly extension: AttachedExtension; readonly route: TableRoute };

/** A table prepared for the engine: columns by index, as `colUsed` and `xColumn` name them. */
export interface TableShape {
  readonly name: string;
  /** The table as a person is told of it: with the extension that brings it. */
  readonly title: string;
  readonly source: TableSource;
  /** Its rows come through a socket. */
  readonly needsNet: boolean;
  /** The declared columns in order, then the aliases of each. */
  readonly columns: readonly ShapeColumn[];
  /** Names of the columns that identify a row. */
  readonly keys: readonly string[];
  readonly required: readonly string[];
  /** What `sqlite3_declare_vtab` is given. */
  readonly declaration: string;
}

type NamedColumn = readonly [name: string, column: Column];

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const declared = (name: string, column: Column, hidden: boolean): string =>
  [
    quoted(name),
    column.type,
    // SQLite takes the word as the end of the type (https://sqlite.org/vtab.html#hidden_columns_in_virtual_tables).
    ...(hidden ? ['HIDDEN'] : []),
    ...(column.collate === undefined ? [] : [`COLLATE ${column.collate}`]),
  ].join(' ');

/** Derives what the engine needs from a table's declaration. */
export const shapeOf = (table: Table): TableShape => ({
  name: table.name,
  title: `table ${table.name}`,
  source: { kind: 'built_in', table },
  needsNet: table.needs === 'net',
  ...columnsOf(Object.entries(table.columns)),
});

/** The same for a table of an extension. An alias that is a column's name already is passed over. */
export const shapeOfRoute = (extension: AttachedExtension, route: TableRoute): TableShape => {
  const names = new Set(route.columns.map(({ name }) => name.toLowerCase()));
  const isFree = (alias: string): boolean => names.size < names.add(alias.toLowerCase()).size;
  return {
    name: route.name,
    title: `table ${route.name} of extension ${JSON.stringify(extension.name)}`,
    source: { kind: 'extension', extension, route },
    needsNet: true,
    ...columnsOf(
      route.columns.map(({ name, column }) => [
        name,
        { ...column, aliases: (column.aliases ?? []).filter(isFree) },
      ]),
    ),
  };
};

const columnsOf = (
  own: readonly NamedColumn[],
): Pick<TableShape, 'columns' | 'keys' | 'required' | 'declaration'> => {
  const columns: ShapeColumn[] = own.map(([name, column], index) => ({
    name,
    declared: column,
    target: index,
  }));
  const aliases = own.flatMap(([, column], index) =>
    (column.aliases ?? []).map((name) => ({ name, declared: column, target: index })),
  );
  const all = [...columns, ...aliases];
  const definitions = all.map(({ name, declared: column }, index) =>
    declared(name, column, index >= own.length || column.hidden === true),
  );
  return {
    columns: all,
    keys: own.filter(([, column]) => isPushed(column)).map(([name]) => name),
    required: own.filter(([, column]) => column.required === true).map(([name]) => name),
    declaration: `CREATE TABLE x(${definitions.join(',')})`,
  };
};

/** Whether constraints on the column reach the table (osquery: INDEX, REQUIRED, ADDITIONAL). */
export const isPushed = (column: Column): boolean =>
  column.index === true || column.required === true || column.additional === true;
