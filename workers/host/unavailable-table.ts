import { type Columns, defineTable, type Table } from '../../protocol/table.ts';

/** What a table that Leash cannot fill declares. */
export interface UnavailableTableSpec {
  readonly name: string;
  readonly description: string;
  readonly columns: Columns;
  readonly aliases?: readonly string[];
  /** Why there are no rows, and what helps instead: the end of a sentence that begins with the table. */
  readonly why: string;
}

const unavailable = new WeakSet<Table>();

/** Does reading this table always fail? */
export const isUnavailable = (table: Table): boolean => unavailable.has(table);

/** Declares a table that is in the schema and fails when it is read: an empty answer would be a wrong one. */
export const defineUnavailableTable = ({ why, ...spec }: UnavailableTableSpec): Table => {
  const table = defineTable({
    ...spec,
    generate: () => {
      throw new Error(why);
    },
  });
  unavailable.add(table);
  return table;
};
