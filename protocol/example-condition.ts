import type { TableColumnType } from './table.ts';

/** What the required columns of osquery's tables are commonly asked for. */
const usual: Readonly<Record<string, string>> = {
  path: '/etc/hosts',
  directory: '/etc',
  device: '/dev/sda',
  url: 'http://localhost/',
  hostname: 'localhost',
  pid: '1',
  uid: '0',
};

/** A condition that a WHERE clause may give a required column, as a person would write it: `path = '/etc/hosts'`. */
export const exampleCondition = (column: string, type: TableColumnType): string => {
  const value = usual[column] ?? (type === 'TEXT' ? 'name' : '1');
  return `${column} = ${type === 'TEXT' ? `'${value}'` : value}`;
};
