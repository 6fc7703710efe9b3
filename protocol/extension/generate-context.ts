import { isWithinJsonBounds } from '../json-bounds.ts';
import { type Failure, fail, ok, type Result } from '../result.ts';
import type { Constraint, ConstraintOperator } from '../table.ts';
import { typeName } from './column-options.ts';
import type { RouteColumn } from './table-route.ts';

/** What a scan asks of a table. */
export interface ScanRequest {
  /** Constraints by column. Several `=` on one column are alternatives (IN), others hold together. */
  readonly constraints: ReadonlyMap<string, readonly Constraint[]>;
  /** Columns that the statement reads; absent: it may read all. */
  readonly columnsUsed?: ReadonlySet<string>;
}

export type ContextFailure = Failure<'not_json' | 'not_a_context' | 'too_large'>;

/** SQLite's numbers of comparisons (SQLITE_INDEX_CONSTRAINT_*), which osquery sends. */
const operatorCodes: Readonly<Record<ConstraintOperator, number>> = {
  '=': 2,
  '>': 4,
  '<=': 8,
  '<': 16,
  '>=': 32,
  MATCH: 64,
  LIKE: 65,
  GLOB: 66,
  REGEXP: 67,
};

const operatorsByCode: ReadonlyMap<number, ConstraintOperator> = new Map(
  (Object.entries(operatorCodes) as [ConstraintOperator, number][]).map(([name, code]) => [code, name]),
);

/** A context of 20 MB is an IN list of a million values. */
const bounds = { depth: 6, values: 5_000_000 };
const lastBit = 63;

/**
 * The `context` of a `generate` request. Every column has an entry, sorted by name; its comparisons are sent as numbers
 * and its values as text, as osquery does it.
 */
export const writeContext = (columns: readonly RouteColumn[], scan: ScanRequest): string => {
  const constraints = [...columns]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, column }) => ({
      name,
      list: (scan.constraints.get(name) ?? []).map(({ operator, value }) => ({
        op: operatorCodes[operator],
        expr: String(value),
      })),
      affinity: typeName(column.type),
    }));
  const { columnsUsed } = scan;
  if (columnsUsed === undefined) return JSON.stringify({ constraints });
  const colsUsed = columns.map(({ name }) => name).filter((name) => columnsUsed.has(name));
  const head = JSON.stringify({ constraints, colsUsed });
  // A number of 64 bits, which JSON.stringify could not write.
  return `${head.slice(0, -1)},"colsUsedBitset":${bitsetOf(columns, columnsUsed)}}`;
};

/** The `context` of writes. */
export const emptyContext = '{"constraints":[]}';

const bitsetOf = (columns: readonly RouteColumn[], used: ReadonlySet<string>): bigint =>
  columns.reduce(
    (bits, { name }, index) => (used.has(name) ? bits | (1n << BigInt(Math.min(index, lastBit))) : bits),
    0n,
  );

/**
 * Reads a context: what an extension is asked. Unknown comparisons and columns are passed over, since using a
 * constraint is never more than a shortcut; a comparison may be sent as text, as older cores do.
 */
export const readContext = (
  columns: readonly Pick<RouteColumn, 'name'>[],
  text: string,
): Result<ScanRequest, ContextFailure> => {
  if (!isWithinJsonBounds(new TextEncoder().encode(text), bounds)) {
    return fail({ reason: 'too_large', message: 'the context of a scan is over its limits' });
  }
  let value: unknown;
  let bitset: bigint | undefined;
  try {
    value = JSON.parse(text, (key, member: unknown, where?: { readonly source?: string }) => {
      if (key === 'colsUsedBitset') bitset = wholeNumber(where?.source ?? '');
      return member;
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail({ reason: 'not_json', message: `the context of a scan is no JSON: ${message}` });
  }
  if (!isObject(value))
    return fail({ reason: 'not_a_context', message: 'the context of a scan is no object' });
  const constraints = readConstraints(columns, value.constraints);
  const columnsUsed = readColumnsUsed(columns, value.colsUsed, bitset);
  return ok({ constraints, ...(columnsUsed === undefined ? {} : { columnsUsed }) });
};

const readConstraints = (
  columns: readonly Pick<RouteColumn, 'name'>[],
  entries: unknown,
): ReadonlyMap<string, readonly Constraint[]> => {
  const known = new Set(columns.map(({ name }) => name));
  const constraints = new Map<string, readonly Constraint[]>();
  for (const entry of Array.isArray(entries) ? entries : []) {
    if (!isObject(entry) || typeof entry.name !== 'string' || !known.has(entry.name)) continue;
    const list = Array.isArray(entry.list) ? entry.list.flatMap(readConstraint) : [];
    if (list.length > 0) constraints.set(entry.name, list);
  }
  return constraints;
};

const readConstraint = (entry: unknown): readonly Constraint[] => {
  if (!isObject(entry) || typeof entry.expr !== 'string') return [];
  const operator = operatorsByCode.get(Number(entry.op));
  return operator === undefined ? [] : [{ operator, value: entry.expr }];
};

/** By name where names are sent, else by bit; undefined when neither is, which means all. */
const readColumnsUsed = (
  columns: readonly Pick<RouteColumn, 'name'>[],
  names: unknown,
  bitset: bigint | undefined,
): ReadonlySet<string> | undefined => {
  if (Array.isArray(names)) return new Set(names.filter((name) => typeof name === 'string'));
  if (bitset === undefined) return undefined;
  const used = (index: number): boolean => (bitset & (1n << BigInt(Math.min(index, lastBit)))) !== 0n;
  return new Set(columns.flatMap(({ name }, index) => (used(index) ? [name] : [])));
};

const wholeNumber = (source: string): bigint | undefined =>
  /^\d{1,20}$/.test(source) ? BigInt(source) : undefined;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
