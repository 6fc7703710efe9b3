import type { Table } from '../../protocol/table.ts';

/** What the required columns of osquery's tables are commonly asked for. */
const usual: Readonly<Record<string, string>> = {
  path: '/etc/hosts',
  directory: '/etc',
  url: 'http://localhost/',
  hostname: 'localhost',
  pid: '1',
  uid: '0',
};

/** A query that shows what a table is good for: its own, or its first rows with the required column it cannot do without. */
export const exampleOf = ({ name, columns, example }: Table): string => {
  if (example !== undefined) return example;
  const required = Object.entries(columns).find(([, column]) => column.required === true);
  if (required === undefined) return `SELECT * FROM ${name} LIMIT 5;`;
  const [column, { type }] = required;
  const value = usual[column] ?? (type === 'TEXT' ? 'name' : '1');
  return `SELECT * FROM ${name} WHERE ${column} = ${type === 'TEXT' ? `'${value}'` : value} LIMIT 5;`;
};
