import type { QueryFailure } from '../../protocol/run.ts';
import type { TableShape } from './table-shape.ts';

/** What a person is told who left out the column without which a table cannot say anything. */
export const missingRequired = ({ table, required }: TableShape): QueryFailure => {
  const [first = ''] = required;
  const columns = required.map((column) => `"${column}"`).join(' or ');
  const example = table.columns[first]?.type === 'TEXT' ? "'…'" : '1';
  return {
    reason: 'missing_required',
    message:
      `Table ${table.name} was queried without a required column in the WHERE clause: it needs ${columns}, ` +
      `for example: SELECT * FROM ${table.name} WHERE ${first} = ${example}`,
  };
};
