import type { ColumnFacts, TableFacts } from './table-facts.ts';

/**
 * A table as the CREATE TABLE statement that osqueryi's `.schema` prints: the key are the index columns and with them
 * the additional ones, in byte order; a table without an index column has none.
 */
export const createTable = ({ name, columns }: Pick<TableFacts, 'name' | 'columns'>): string => {
  const definitions = columns.map(({ name: column, type, options }) =>
    [`\`${column}\``, type, ...(options.includes('hidden') ? ['HIDDEN'] : [])].join(' ').trimEnd(),
  );
  const hasIndex = columns.some(({ options }) => options.includes('index'));
  const keys = hasIndex
    ? columns
        .filter(isKey)
        .map(({ name: column }) => `\`${column}\``)
        .toSorted()
    : [];
  if (keys.length === 0) return `CREATE TABLE ${name}(${definitions.join(', ')});`;
  return `CREATE TABLE ${name}(${definitions.join(', ')}, PRIMARY KEY (${keys.join(', ')})) WITHOUT ROWID;`;
};

const isKey = ({ options }: ColumnFacts): boolean =>
  options.includes('index') || options.includes('additional');
