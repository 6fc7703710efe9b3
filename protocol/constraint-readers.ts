import type { Constraint, TableQuery } from './table.ts';

const none: readonly never[] = [];

/** How a table reads the constraints of its scan, which stand by column. */
export const constraintReaders = (
  constraints: ReadonlyMap<string, readonly Constraint[]>,
): Pick<TableQuery, 'equals' | 'likes' | 'constraints'> => {
  const on = (column: string): readonly Constraint[] => constraints.get(column) ?? none;
  return {
    equals: (column) => {
      const equal = on(column).filter(({ operator }) => operator === '=');
      return equal.length === 0 ? undefined : [...new Set(equal.map(({ value }) => String(value)))];
    },
    likes: (column) =>
      on(column)
        .filter(({ operator }) => operator === 'LIKE')
        .map(({ value }) => String(value)),
    constraints: on,
  };
};
