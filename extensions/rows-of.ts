import type { ScanRequest } from '../protocol/extension/generate-context.ts';
import type { Columns, Constraint, TableValue } from '../protocol/table.ts';
import type { ExtensionTable } from './plugins/define-table.ts';
import { scanTable } from './plugins/scan-table.ts';
import { scanServices } from './serve.ts';

/** A scan as a test asks for it: values that columns have to be equal to, or constraints as they come from SQL. */
export interface AskedScan<C extends Columns> {
  readonly equals?: { readonly [K in keyof C]?: string | number | bigint };
  readonly constraints?: { readonly [K in keyof C]?: readonly Constraint[] };
  /** Columns that the statement reads; absent: all. */
  readonly uses?: readonly (keyof C & string)[];
}

/** Rows that a table gives for a scan, without a daemon: for tests of tables. Values are as `generate` gave them. */
export const rowsOf = async <C extends Columns>(
  table: ExtensionTable<C>,
  { equals = {}, constraints = {}, uses }: AskedScan<C> = {},
): Promise<readonly Readonly<Record<string, TableValue>>[]> => {
  const told = new Map<string, readonly Constraint[]>();
  for (const name of Object.keys(table.columns)) {
    const value = equals[name];
    const equal: readonly Constraint[] = value === undefined ? [] : [{ operator: '=', value }];
    const all = [...equal, ...(constraints[name] ?? [])];
    if (all.length > 0) told.set(name, all);
  }
  const scan: ScanRequest = {
    constraints: told,
    ...(uses === undefined ? {} : { columnsUsed: new Set(uses) }),
  };
  const rows: Readonly<Record<string, TableValue>>[] = [];
  const host = { ...scanServices(), warn: () => {}, turn: () => Promise.resolve() };
  for await (const row of scanTable(table, scan, host)) rows.push(row);
  return rows;
};
