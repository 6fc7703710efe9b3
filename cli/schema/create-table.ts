import type { Column, Table } from '../../protocol/table.ts';

/**
 * A table as the CREATE TABLE statement that osqueryi's `.schema` prints: the key are the index columns and with them
 * the additional ones, in byte order; a table without an index column has none.
 */
export const createTable = ({ name, columns }: Table): string => {
  const all = Object.entries(columns);
  const definitions = all.map(
    ([column, { type, hidden }]) => `\`${column}\` ${type}${hidden === true ? ' HIDDEN' : ''}`,
  );
  const hasIndex = all.some(([, { index }]) => index === true);
  const keys = hasIndex
    ? all
        .filter(isKey)
        .map(([column]) => `\`${column}\``)
        .toSorted()
    : [];
  if (keys.length === 0) return `CREATE TABLE ${name}(${definitions.join(', ')});`;
  return `CREATE TABLE ${name}(${definitions.join(', ')}, PRIMARY KEY (${keys.join(', ')})) WITHOUT ROWID;`;
};

const isKey = ([, { index, additional }]: readonly [string, Column]): boolean =>
  index === true || additional === true;
