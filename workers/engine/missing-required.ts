import { exampleCondition } from '../../protocol/example-condition.ts';
import type { QueryFailure } from '../../protocol/run.ts';
import type { TableShape } from './table-shape.ts';

/** What a person is told who left out the column without which a table cannot say anything. */
export const missingRequired = ({ name, columns, required }: TableShape): QueryFailure => {
  const [first = ''] = required;
  const needed = required.map((column) => `"${column}"`).join(' or ');
  const type = columns.find((column) => column.name === first)?.declared.type ?? 'TEXT';
  return {
    reason: 'missing_required',
    message:
      `Table ${name} was queried without a required column in the WHERE clause: it needs ${needed}, ` +
      `for example: SELECT * FROM ${name} WHERE ${exampleCondition(first, type)}`,
  };
};
