import type { Collation, Column, Table } from '../../protocol/table.ts';
import { exampleOf } from './example.ts';

/** An option of a column, in osquery's words. */
type ColumnOption = 'index' | 'required' | 'additional' | 'optimized' | 'hidden';

const options: readonly ColumnOption[] = ['index', 'required', 'additional', 'optimized', 'hidden'];

/** A column as people and programs are told of it. */
export interface ColumnFacts {
  readonly name: string;
  /** As SQL declares it; empty where a view has an expression. */
  readonly type: string;
  readonly options: readonly ColumnOption[];
  readonly collate?: Collation;
  readonly aliases: readonly string[];
}

/** A table as people and programs are told of it. */
export interface TableFacts {
  readonly name: string;
  readonly description: string;
  readonly aliases: readonly string[];
  /** Its rows come through a socket: queries that read it run in a worker that may open one. */
  readonly needs_net: boolean;
  /** Without a uid it answers for the user that Leash runs as. */
  readonly user_data: boolean;
  readonly cacheable: boolean;
  readonly example: string;
  readonly columns: readonly ColumnFacts[];
}

/** What a table's declaration tells. Pure. */
export const factsOf = (table: Table): TableFacts => ({
  name: table.name,
  description: table.description,
  aliases: table.aliases ?? [],
  needs_net: table.needs === 'net',
  user_data: table.userData === true,
  cacheable: table.cacheable === true,
  example: exampleOf(table),
  columns: Object.entries(table.columns).map(columnFacts),
});

/** In the order of a dictionary without words above ASCII: as SQL orders names. */
export const byName = (tables: readonly TableFacts[]): readonly TableFacts[] =>
  tables.toSorted((one, other) => (one.name < other.name ? -1 : 1));

const columnFacts = ([name, column]: readonly [string, Column]): ColumnFacts => ({
  name,
  type: column.type,
  options: options.filter((option) => column[option] === true),
  ...(column.collate === undefined ? {} : { collate: column.collate }),
  aliases: column.aliases ?? [],
});

/** Whether one of the table's required columns must stand in the WHERE clause, and which they are. */
export const requiredColumns = ({ columns }: TableFacts): readonly string[] =>
  columns.filter(({ options: of }) => of.includes('required')).map(({ name }) => name);

/** What a person should know before the first query, a sentence each. */
export const notesOf = (facts: TableFacts): readonly string[] => {
  const required = requiredColumns(facts);
  const { aliases, needs_net, user_data } = facts;
  return [
    ...(aliases.length > 0 ? [`Also called ${aliases.join(', ')}.`] : []),
    ...(required.length > 0 ? [`The WHERE clause must constrain ${required.join(' or ')}.`] : []),
    ...(user_data ? ['Without a constraint on uid it answers for the user that Leash runs as.'] : []),
    ...(needs_net
      ? ['Its rows come through a socket, so queries that read it run in a worker of profile net.']
      : []),
  ];
};

/** Type, options, collation and other names of a column in a few words. */
export const columnWords = ({ options: of, collate, aliases }: ColumnFacts): readonly string[] => [
  ...of,
  ...(collate === undefined ? [] : [`collate ${collate}`]),
  ...(aliases.length === 0 ? [] : [`also ${aliases.join(', ')}`]),
];
