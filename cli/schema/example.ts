import { exampleCondition } from '../../protocol/example-condition.ts';
import type { Table } from '../../protocol/table.ts';

/** A query that shows what a table is good for: its own, or its first rows with the required column it cannot do without. */
export const exampleOf = ({ name, columns, example }: Table): string => {
  if (example !== undefined) return example;
  const required = Object.entries(columns).find(([, column]) => column.required === true);
  if (required === undefined) return `SELECT * FROM ${name} LIMIT 5;`;
  const [column, { type }] = required;
  return `SELECT * FROM ${name} WHERE ${exampleCondition(column, type)} LIMIT 5;`;
};
