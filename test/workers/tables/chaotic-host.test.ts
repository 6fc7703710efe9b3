import fc from 'fast-check';
import t from 'tap';
import { BudgetExceeded } from '../../../protocol/budget-exceeded.ts';
import type { FileKind, FileStat, HostFiles } from '../../../protocol/host-files.ts';
import type { PureTable } from '../../../protocol/table.ts';
import { tables } from '../../../workers/tables/index.ts';

/** Names of a directory that a hostile user, a torn disk or a strange file system may have. */
const names = [
  'a',
  '..',
  'constructor',
  '__proto__',
  '.',
  'x\ny',
  '\udcff',
  '@s',
  '1',
  'dev-',
  'md0',
  'b.list',
  'c.conf',
  'd.repo',
  'e.jar',
  'f.egg-info',
  '0000:00:00.0',
];
const lines = [
  '',
  '\0',
  '\ufffd',
  '1',
  '-1',
  'a=b',
  '[x]',
  '{"a":[{}]}',
  'root:x:0:0::/root:/bin/sh',
  'deb http://a b c',
  'md0 : active raid1 a[0]',
  '\t1237  x',
  '/./../x',
  '%',
  '9'.repeat(40),
];
const kinds: readonly FileKind[] = [
  'regular',
  'directory',
  'symlink',
  'fifo',
  'socket',
  'character',
  'block',
  'unknown',
];

/** As many calls as a run of a small host makes; more are stopped as by the budget of paths. */
const mostCalls = 3000;

/** A host that answers every question with something that fits the question, decided by the path and a seed. */
const chaoticHost = (seed: number): HostFiles => {
  let calls = 0;
  const pick = (path: string, of: number): number => {
    calls += 1;
    if (calls > mostCalls) throw new BudgetExceeded('paths', mostCalls, calls);
    let hash = seed ^ calls;
    for (let at = 0; at < path.length; at += 1) hash = Math.imul(hash ^ path.charCodeAt(at), 0x01000193);
    return (hash >>> 3) % of;
  };
  const text = (path: string): string | undefined =>
    pick(path, 4) === 0
      ? undefined
      : Array.from(
          { length: pick(path, 12) },
          (_, index) => lines[pick(`${path}${index}`, lines.length)],
        ).join('\n');
  const list = (path: string): readonly string[] | undefined =>
    pick(path, 3) === 0 ? undefined : names.filter((name) => pick(`${path}/${name}`, 3) === 0);
  const kindOf = (path: string): FileKind => kinds[pick(path, kinds.length)] ?? 'unknown';
  const files: HostFiles = {
    readText: text,
    readBytes: (path) => Buffer.from(text(path) ?? ''),
    readChunks: (path, chunk) => {
      chunk(Buffer.from(text(path) ?? ''), true);
      return pick(path, 2) === 0;
    },
    open: (path) => ({
      stat: () => statOf('regular', pick(path, 1 << 20)),
      readAt: (into, offset_bytes) => Buffer.from(text(`${path}${offset_bytes}`) ?? '').copy(into),
      close: () => undefined,
    }),
    openMemory: (pid, part) => files.open(`/proc/${pid}/${part}`),
    list,
    entries: (path) => list(path)?.map((name) => ({ name, kind: kindOf(`${path}/${name}`) })),
    readLink: (path) => text(path)?.split('\n')[0],
    descriptors: (pid) =>
      list(`/proc/${pid}/fd`)?.map((name, fd) => ({ fd, target: text(`${pid} ${name}`) ?? '' })),
    stat: (path) => (pick(path, 3) === 0 ? undefined : statOf(kindOf(path), pick(path, 1 << 20))),
    lstat: (path) => (pick(path, 3) === 0 ? undefined : statOf(kindOf(path), pick(path, 1 << 20))),
    statfs: () => undefined,
    realPath: (path) => (pick(path, 3) === 0 ? undefined : path),
    within: () => files,
  };
  return files;
};

const statOf = (kind: FileKind, number: number): FileStat => {
  const big = BigInt(number);
  const numbers = {
    dev: big,
    ino: big,
    rdev: big,
    size_bytes: big,
    blocks: big,
    atime_ns: big,
    mtime_ns: big,
    ctime_ns: big,
  };
  return { kind, mode: number, nlink: 1, uid: number % 3, gid: 0, block_bytes: 4096, ...numbers };
};

/** What a cell may hold. */
const valueTypes = new Set(['string', 'number', 'bigint', 'undefined']);

const isPure = (table: (typeof tables)[number]): table is PureTable => table.needs === undefined;

/** Tables that cannot be had without native code: they fail whatever the host answers, and say why. */
const unavailable = new Set([
  ...['device_file', 'device_hash', 'extended_attributes', 'intel_me_info', 'iptables'],
  // Without rules they fail, too.
  'yara_file',
  'yara_process',
]);

for (const table of tables.filter(isPure).filter(({ name }) => !unavailable.has(name))) {
  t.test(`${table.name} bears a host that answers anything`, async (t) => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, isAsked) => {
        const values = isAsked ? ['/a', '1', 'a', '/b.list', ''] : undefined;
        try {
          const rows = table.generate({
            uses: () => true,
            equals: (column) => (column === 'uid' ? ['0'] : values),
            likes: () => [],
            constraints: () => [],
            limit: undefined,
            files: chaoticHost(seed),
            host: {
              uid: 0,
              clockTicksPerSecond: 100,
              page_bytes: 4096,
              wallClockMs: () => 0,
              networkInterfaces: () => ({}),
            },
            readDatabase: () => [],
            addedTables: () => [],
            askSupervisor: () => [],
            warn: () => {},
          });
          for (const row of rows) {
            for (const [column, value] of Object.entries(row)) {
              const isValue = value === null || value instanceof Uint8Array || valueTypes.has(typeof value);
              if (!isValue || !(column in table.columns)) throw new Error(`${column}: ${String(value)}`);
            }
          }
        } catch (error) {
          if (!(error instanceof BudgetExceeded)) throw error;
        }
      }),
      { numRuns: 60 },
    );
    t.pass(table.name);
  });
}
