import type { SupervisorTable } from '../../protocol/supervisor-tables.ts';
import { type Columns, defineTable, type RowOf, type Table, type TableValue } from '../../protocol/table.ts';

/** What a table whose rows only the supervisor knows declares: no `generate`, the supervisor is asked. */
export interface SupervisorTableSpec<C extends Columns> {
  readonly name: SupervisorTable;
  readonly description: string;
  /** As of every table. */
  readonly example?: string;
  readonly columns: C;
}

/**
 * Declares a table whose rows come from the supervisor. Members that are no column, or whose value does not fit
 * the column's type, are left out: the supervisor may be of another build.
 */
export const defineSupervisorTable = <const C extends Columns>(spec: SupervisorTableSpec<C>): Table =>
  defineTable({
    name: spec.name,
    description: spec.description,
    ...(spec.example === undefined ? {} : { example: spec.example }),
    columns: spec.columns as Columns,
    *generate(query) {
      for (const answer of query.askSupervisor(spec.name)) yield rowOf(spec.columns, answer);
    },
  });

/** The members of an answer that fit the columns. */
export const rowOf = (columns: Columns, answer: Readonly<Record<string, TableValue>>): RowOf<Columns> => {
  const row: Record<string, TableValue> = {};
  for (const [name, { type }] of Object.entries(columns)) {
    const value = answer[name];
    const isText = typeof value === 'string';
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    if (type === 'TEXT' ? isText : isNumber) row[name] = value;
  }
  return row as RowOf<Columns>;
};
