import type { Collation } from './table.ts';

/** A column as far as the statement tells of it that would make its table. */
export interface DefinedColumn {
  readonly name: string;
  /** Empty where none is declared. */
  readonly type: string;
  readonly index: boolean;
  readonly additional: boolean;
  readonly hidden: boolean;
  readonly collate?: Collation | undefined;
  readonly aliases: readonly string[];
}

/** What stands between the brackets of osquery's CREATE statement for a table, and whether it names a key. */
export interface TableDefinition {
  readonly columns: string;
  readonly hasKey: boolean;
}

/**
 * Columns in their order, then their other names as hidden ones, in byte order. The key are the columns that are index or
 * additional; of a table that has no index column but an additional one, all are.
 */
export const tableDefinition = (own: readonly DefinedColumn[]): TableDefinition => {
  const columns = [...own, ...own.toSorted(byName).flatMap(aliasesOf)];
  const hasIndex = columns.some(({ index }) => index);
  const isKey = ({ index, additional }: DefinedColumn): boolean => index || additional;
  const hasKey = columns.some(isKey);
  const keys = (hasIndex ? columns.filter(isKey) : hasKey ? columns : []).map(({ name }) => `\`${name}\``);
  const definitions = columns.map(definitionOf);
  return {
    columns: [...definitions, ...(hasKey ? [`PRIMARY KEY (${keys.join(', ')})`] : [])].join(', '),
    hasKey,
  };
};

const byName = (one: DefinedColumn, other: DefinedColumn): number => (one.name < other.name ? -1 : 1);

const aliasesOf = ({ type, aliases }: DefinedColumn): readonly DefinedColumn[] =>
  aliases
    .toSorted()
    .map((name) => ({ name, type, index: false, additional: false, hidden: true, aliases: [] }));

const definitionOf = ({ name, type, hidden, collate }: DefinedColumn): string =>
  [
    `\`${name}\``,
    ...(type === '' ? [] : [type]),
    ...(hidden ? ['HIDDEN'] : []),
    ...(collate === undefined ? [] : [`COLLATE ${collate}`]),
  ].join(' ');
