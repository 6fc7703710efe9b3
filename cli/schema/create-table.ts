import { tableDefinition } from '../../protocol/table-definition.ts';
import type { TableFacts } from './table-facts.ts';

/** A table as the CREATE TABLE statement that osqueryi's `.schema` prints. */
export const createTable = ({ name, columns: facts }: Pick<TableFacts, 'name' | 'columns'>): string => {
  const { columns, hasKey } = tableDefinition(
    facts.map(({ options, ...column }) => ({
      ...column,
      index: options.includes('index'),
      additional: options.includes('additional'),
      hidden: options.includes('hidden'),
    })),
  );
  return `CREATE TABLE ${name}(${columns})${hasKey ? ' WITHOUT ROWID' : ''};`;
};
