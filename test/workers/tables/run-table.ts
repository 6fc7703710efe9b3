import * as fs from 'node:fs';
import { join } from 'node:path';
import type { HostFiles } from '../../../protocol/host-files.ts';
import type { SupervisorTable } from '../../../protocol/supervisor-tables.ts';
import type { Constraint, HostFacts, RowOf, Table, TableValue } from '../../../protocol/table.ts';
import { kindOf, toFileStat } from '../../../workers/host/file-stat.ts';

/** How a table is scanned in a test. Everything that is left out is empty, and every column is used. */
export interface Scan {
  /** Directory that stands for `/`. */
  readonly root?: string;
  /** Host files to use instead of a plain directory: a real file door, for one. */
  readonly files?: HostFiles;
  /** Values of `=` or `IN` by column. */
  readonly equals?: Readonly<Record<string, readonly string[]>>;
  readonly columns?: readonly string[];
  readonly facts?: Partial<HostFacts>;
  readonly answers?: Partial<Record<SupervisorTable, readonly Readonly<Record<string, TableValue>>[]>>;
}

/** What a scan gave, and which paths it opened. */
export interface Scanned {
  readonly rows: readonly RowOf<Table['columns']>[];
  readonly opened: readonly string[];
  readonly warnings: readonly string[];
}

/** Scans a table over a directory of the real file system. */
export const scan = (table: Table, options: Scan = {}): Scanned => {
  const opened: string[] = [];
  const warnings: string[] = [];
  const facts: HostFacts = {
    uid: 0,
    clockTicksPerSecond: 100,
    page_bytes: 4096,
    wallClockMs: () => 0,
    networkInterfaces: () => ({}),
    ...options.facts,
  };
  const rows = table.generate({
    uses: (...columns) => options.columns === undefined || columns.some((c) => options.columns?.includes(c)),
    equals: (column) => options.equals?.[column],
    likes: () => [],
    constraints: (column): Constraint[] =>
      (options.equals?.[column] ?? []).map((value) => ({ operator: '=', value })),
    limit: undefined,
    files: options.files ?? directoryFiles(options.root ?? '/nonexistent', opened),
    host: facts,
    askSupervisor: (name) => options.answers?.[name] ?? [],
    warn: (message) => warnings.push(message),
  });
  return { rows: [...rows], opened, warnings };
};

/** Host files under a directory, without the guards of the file door: fixtures hold nothing dangerous. */
const directoryFiles = (root: string, opened: string[]): HostFiles => {
  const attempt = <T>(path: string, read: (path: string) => T): T | undefined => {
    try {
      const value = read(join(root, path));
      opened.push(path);
      return value;
    } catch (error) {
      if (error instanceof Error && 'code' in error) return undefined;
      throw error;
    }
  };
  const readBytes = (path: string): Buffer | undefined => attempt(path, (host) => fs.readFileSync(host));
  return {
    readBytes,
    readText: (path, encoding = 'utf8') => readBytes(path)?.toString(encoding),
    readChunks: (path, chunk) => {
      const bytes = readBytes(path);
      if (bytes !== undefined) chunk(bytes, true);
      return bytes !== undefined;
    },
    list: (path) => attempt(path, (host) => fs.readdirSync(host)),
    entries: (path) =>
      attempt(path, (host) =>
        fs
          .readdirSync(host, { withFileTypes: true })
          .map((entry) => ({ name: entry.name, kind: kindOf(entry) })),
      ),
    readLink: (path) => attempt(path, (host) => fs.readlinkSync(host)),
    stat: (path) => attempt(path, (host) => toFileStat(fs.statSync(host, { bigint: true }))),
    lstat: (path) => attempt(path, (host) => toFileStat(fs.lstatSync(host, { bigint: true }))),
    statfs: () => undefined,
    realPath: (path) => attempt(path, (host) => fs.realpathSync(host).slice(fs.realpathSync(root).length)),
    within: (inner) => directoryFiles(join(root, inner), opened),
  };
};

/** Directory of a fixture under test/fixtures. */
export const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures', name);
