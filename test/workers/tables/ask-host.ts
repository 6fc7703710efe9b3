import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { createHostFiles } from '../../../platform/node/host-files/door.ts';
import { createHostFacts } from '../../../platform/node/host-files/process-facts.ts';
import type { FilesBudget } from '../../../platform/node/host-files/usage-meter.ts';
import type { Cell } from '../../../protocol/cell.ts';
import type { QueryFailure } from '../../../protocol/run.ts';
import type { RowOf, Table } from '../../../protocol/table.ts';
import { tables } from '../../../workers/tables/index.ts';
import { openEngine } from '../harness.ts';

const { ask } = await openEngine(tables);

/** A value of an answer; tables of files have no blobs. */
type HostValue = string | number | bigint | null;

/** An answer of the real tables over the real file door. */
export interface HostAnswer {
  readonly rows: readonly Readonly<Record<string, HostValue>>[];
  readonly failure: QueryFailure | undefined;
  readonly warnings: readonly string[];
  readonly paths: number;
  readonly read_bytes: number;
  readonly refused_reads: number;
}

/** Runs SQL on all built-in tables, with the door of this host or of a directory that stands for it. */
export const askHost = (sql: string, root = '/', budget: Partial<FilesBudget> = {}): HostAnswer => {
  const files = createHostFiles({
    root,
    readMax_bytes: 50 * 2 ** 20,
    budget: { read_bytes: 2 ** 29, paths: 200_000, ...budget },
  });
  const warnings: string[] = [];
  const services = { files, host: createHostFacts(), warn: (text: string) => warnings.push(text) };
  const { columns = [], cells, failure } = ask(sql, { services });
  const rows = cells.map((row) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, hostValue(row[index] ?? null)])),
  );
  return { rows, failure, warnings, ...files.usage() };
};

const hostValue = (cell: Cell): HostValue => {
  if (cell === null || typeof cell !== 'object') return cell;
  return 'int' in cell ? BigInt(cell.int) : JSON.stringify(cell);
};

/** Rows of one table over the real file door, pulled one by one; `likes` are patterns on `path`. */
export function* pullRows(
  table: Table,
  equals: Readonly<Record<string, string>>,
  likes: readonly string[] = [],
): Generator<RowOf<Table['columns']>, undefined> {
  const budget = { read_bytes: 2 ** 29, paths: 200_000 };
  if (table.needs === 'net') throw new Error(`${table.name} is asynchronous`);
  yield* table.generate({
    uses: () => true,
    equals: (column) => (equals[column] === undefined ? undefined : [equals[column]]),
    likes: (column) => (column === 'path' ? likes : []),
    constraints: () => [],
    limit: undefined,
    files: createHostFiles({ root: '/', readMax_bytes: 50 * 2 ** 20, budget }),
    host: createHostFacts(),
    askSupervisor: () => [],
    readDatabase: () => [],
    addedTables: () => [],
    warn: () => {},
  });
  return undefined;
}

/** A fresh directory that ends with the test. */
export const scratch = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-files-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** The values of one column, sorted. */
export const sorted = ({ rows }: HostAnswer, column: string): string[] =>
  rows.map((row) => String(row[column])).toSorted();
