import { constraintReaders } from '../../protocol/constraint-readers.ts';
import type { HostFiles } from '../../protocol/host-files.ts';
import type { SupervisorTable } from '../../protocol/supervisor-tables.ts';
import type { Constraint, HostFacts, TableQuery, TableValue } from '../../protocol/table.ts';
import { type Plan, readsColumn } from './plan.ts';
import type { SqlValue } from './sql-value.ts';
import type { TableShape } from './table-shape.ts';

/** What a run lends to every table that it scans. */
export interface ScanServices {
  readonly files: HostFiles;
  readonly host: HostFacts;
  askSupervisor(table: SupervisorTable, key?: string): readonly Readonly<Record<string, TableValue>>[];
  warn(message: string): void;
}

/** What a table is lent in a scan: the engine adds what only it knows. */
export type TableServices = ScanServices & Pick<TableQuery, 'readDatabase' | 'addedTables'>;

/** Value of one argument of xFilter: one value, or all values of an IN list. */
export type ArgumentValue = SqlValue | readonly SqlValue[];

/** What SQLite pushed down to one scan. */
export interface PushedDown {
  readonly constraints: ReadonlyMap<string, readonly Constraint[]>;
  /** The most rows that the statement can use, if SQLite told. */
  readonly limit: number | undefined;
}

/**
 * Reads what was pushed down; undefined when no row can satisfy it (a comparison with NULL, an empty IN list, an empty text
 * where no row has one).
 */
export const pushedDown = (plan: Plan, values: readonly ArgumentValue[]): PushedDown | undefined => {
  const constraints = new Map<string, Constraint[]>();
  const add = (column: string, constraint: Constraint): void => {
    const known = constraints.get(column);
    if (known === undefined) constraints.set(column, [constraint]);
    else known.push(constraint);
  };
  let limit: number | undefined;
  let offset = 0;
  for (const [index, argument] of plan.arguments.entries()) {
    const value = values[index] ?? null;
    if (argument.kind === 'limit') limit = rowCount(value);
    else if (argument.kind === 'offset') offset = rowCount(value) ?? 0;
    else if (argument.kind === 'list') {
      const list = (isList(value) ? value : [value]).filter((each) => each !== null);
      if (list.length === 0) return undefined;
      for (const each of list) add(argument.column, { operator: '=', value: comparable(each, argument) });
    } else {
      if (value === null || isList(value)) return undefined;
      if (value === '' && argument.operator === '=' && argument.isFilled) return undefined;
      // osquery's rule: an empty text is no constraint for the table; SQLite still applies it.
      if (value !== '')
        add(argument.column, { operator: argument.operator, value: comparable(value, argument) });
    }
  }
  return { constraints, limit: limit === undefined ? undefined : limit + offset };
};

const isList = (value: ArgumentValue): value is readonly SqlValue[] => Array.isArray(value);

/** A table compares texts: `pid = '01'` is told as 1, as which SQLite compares it, or it would leave out what is wanted. */
const comparable = (
  value: Exclude<SqlValue, null>,
  { comparesNumbers }: { readonly comparesNumbers: boolean },
): string | number | bigint => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return typeof value === 'string' && comparesNumbers ? (numberOf(value) ?? value) : value;
};

/** The number that SQLite's affinity makes of a text (https://sqlite.org/datatype3.html#type_affinity). */
const numberOf = (text: string): number | bigint | undefined => {
  const plain = text.trim();
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain)) return undefined;
  const number = Number(plain);
  const isExact = Number.isSafeInteger(number) || !/^[+-]?\d+$/.test(plain);
  return isExact ? number : BigInt(plain.replace('+', ''));
};

/** A LIMIT below zero is none (https://sqlite.org/lang_select.html#limitoffset). */
const rowCount = (value: ArgumentValue): number | undefined =>
  typeof value === 'number' && value >= 0 ? value : undefined;

/** What a built-in table is told about the scan. */
export const scanQuery = (
  shape: TableShape,
  plan: Plan,
  { constraints, limit }: PushedDown,
  services: TableServices,
): TableQuery => ({
  uses: (...names) =>
    shape.columns.some(
      ({ target }, index) =>
        readsColumn(plan.used, index) && names.includes(shape.columns[target]?.name ?? ''),
    ),
  ...constraintReaders(constraints),
  limit,
  files: services.files,
  host: services.host,
  askSupervisor: services.askSupervisor,
  readDatabase: services.readDatabase,
  addedTables: services.addedTables,
  warn: services.warn,
});
