import { columnWords, notesOf, type TableFacts } from './table-facts.ts';

/** One table for a terminal. */
export const describeTable = (facts: TableFacts): string => {
  const nameWidth = Math.max(0, ...facts.columns.map(({ name }) => name.length));
  const typeWidth = Math.max(0, ...facts.columns.map(({ type }) => type.length));
  const columns = facts.columns.map((column) => {
    const words = columnWords(column).join(', ');
    return `  ${column.name.padEnd(nameWidth)}  ${column.type.padEnd(typeWidth)}  ${words}`.trimEnd();
  });
  const notes = notesOf(facts);
  return [
    `${facts.name}: ${facts.description}`,
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
    ...columns,
    '',
    `Example: ${facts.example}`,
    '',
  ].join('\n');
};

/** Many tables, a line each. */
export const listTables = (tables: readonly TableFacts[]): string => {
  const width = Math.max(...tables.map(({ name }) => name.length));
  return tables.map(({ name, description }) => `${name.padEnd(width)}  ${description}\n`).join('');
};
