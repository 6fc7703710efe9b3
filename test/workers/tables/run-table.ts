import { join } from 'node:path';
import type { Test } from 'tap';
import { createHostFiles } from '../../../platform/node/host-files/door.ts';
import type { HostFiles, HostFilesUsage } from '../../../protocol/host-files.ts';
import type { SupervisorTable } from '../../../protocol/supervisor-tables.ts';
import type { AddedTable, Constraint, HostFacts, RowOf, Table, TableValue } from '../../../protocol/table.ts';

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
  /** Answers to what is asked by a key. */
  readonly keyed?: Readonly<Record<string, readonly Readonly<Record<string, TableValue>>[]>>;
  /** Tables beside the built-in ones. */
  readonly added?: readonly AddedTable[];
}

/** What a scan gave, and which paths it opened. */
export interface Scanned {
  readonly rows: readonly RowOf<Table['columns']>[];
  readonly opened: readonly string[];
  readonly warnings: readonly string[];
  readonly usage: HostFilesUsage;
}

const mebibyte = 2 ** 20;

/** Scans a table through the file door, over a directory of the real file system. */
export const scan = (table: Table, options: Scan = {}): Scanned => {
  const { rows, usage, ...rest } = startScan(table, options);
  return { rows: [...rows], ...rest, usage: usage() };
};

/** A scan whose rows come when they are asked for; what it opened and counted grows with them. */
export interface StartedScan extends Pick<Scanned, 'opened' | 'warnings'> {
  readonly rows: Iterable<RowOf<Table['columns']>>;
  usage(): HostFilesUsage;
}

/** The same without taking the rows, for tests that change the host meanwhile. */
export const startScan = (table: Table, options: Scan = {}): StartedScan => {
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
  const door = createHostFiles({
    root: options.root ?? '/nonexistent',
    readMax_bytes: 50 * mebibyte,
    budget: { read_bytes: 512 * mebibyte, paths: 200_000 },
  });
  if (table.needs === 'net') throw new Error(`${table.name} is asynchronous: scan it with scanNet`);
  const rows = table.generate({
    uses: (...columns) => options.columns === undefined || columns.some((c) => options.columns?.includes(c)),
    equals: (column) => options.equals?.[column],
    likes: () => [],
    constraints: (column): Constraint[] =>
      (options.equals?.[column] ?? []).map((value) => ({ operator: '=', value })),
    limit: undefined,
    files: recordingDoor(options.files ?? door, opened),
    host: facts,
    askSupervisor: (name, key) => (key === undefined ? options.answers?.[name] : options.keyed?.[key]) ?? [],
    readDatabase: () => {
      throw new Error('a scan without an engine reads no database: ask one');
    },
    addedTables: () => options.added ?? [],
    warn: (message) => warnings.push(message),
  });
  return { rows, opened, warnings, usage: () => door.usage() };
};

/** The file door, with a note of each path that it gave something for. */
const recordingDoor = (door: HostFiles, opened: string[]): HostFiles => {
  const noted = <T>(path: string, value: T): T => {
    if (value !== undefined && value !== false) opened.push(path);
    return value;
  };
  return {
    readBytes: (path) => noted(path, door.readBytes(path)),
    readText: (path, encoding) => noted(path, door.readText(path, encoding)),
    readChunks: (path, chunk) => noted(path, door.readChunks(path, chunk)),
    open: (path) => noted(path, door.open(path)),
    openMemory: (pid, part) => noted(`/proc/${pid}/${part}`, door.openMemory(pid, part)),
    list: (path) => noted(path, door.list(path)),
    entries: (path) => noted(path, door.entries(path)),
    readLink: (path) => noted(path, door.readLink(path)),
    descriptors: (pid) => {
      const found = noted(`/proc/${pid}/fd`, door.descriptors(pid));
      opened.push(...(found ?? []).map(({ fd }) => `/proc/${pid}/fd/${fd}`));
      return found;
    },
    stat: (path) => noted(path, door.stat(path)),
    lstat: (path) => noted(path, door.lstat(path)),
    statfs: (path) => noted(path, door.statfs(path)),
    realPath: (path) => noted(path, door.realPath(path)),
    within: (inner) => recordingDoor(door.within(inner), opened),
  };
};

/** Directory of a fixture under test/fixtures. */
export const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures', name);

/** Makes a fixture tree for a test. tap's own type takes a directory named by a number for a piece of a Buffer. */
export const tree = (t: Pick<Test, 'testdir'>, content: Readonly<Record<string, unknown>>): string =>
  t.testdir(content as Parameters<Test['testdir']>[0]);
