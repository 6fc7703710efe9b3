import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Cell } from '../../../protocol/cell.ts';
import type { QueryFailure } from '../../../protocol/run.ts';
import { createHostFiles } from '../../../workers/host/door.ts';
import { createHostFacts } from '../../../workers/host/facts.ts';
import type { FilesBudget } from '../../../workers/host/usage-meter.ts';
import { tables } from '../../../workers/tables/index.ts';
import { openEngine } from '../harness.ts';

const { ask } = await openEngine(tables);

/** An answer of the real tables over the real file door. */
export interface HostAnswer {
  readonly rows: readonly Readonly<Record<string, Cell>>[];
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
    Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])),
  );
  return { rows, failure, warnings, ...files.usage() };
};

/** A fresh directory that ends with the test. */
export const scratch = (t: Test): string => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-files-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** The values of one column, sorted. */
export const sorted = ({ rows }: HostAnswer, column: string): string[] =>
  rows.map((row) => String(row[column])).toSorted();
