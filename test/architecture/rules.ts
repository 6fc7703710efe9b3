/**
 * Part of the tree. A file belongs to the group that names it with the longest path. It may import its own group
 * and those of `mayImport`; nobody needs a reason for an arrow that exists, but everybody for one that does not.
 */
export interface GroupRule {
  readonly group: string;
  readonly paths: readonly string[];
  readonly mayImport: readonly string[];
  readonly reason: string;
}

/** A dangerous ability has one door: nobody but `only` (folders or files) names these modules or globals. */
export interface DoorRule {
  readonly names: readonly string[];
  readonly only: readonly string[];
  readonly reason: string;
}

const product = [
  'protocol',
  'ports',
  'adapters',
  'actors',
  'policies',
  'supervisor',
  'real host',
  'workers',
  'extensions',
  'cli',
];

export const groupRules: readonly GroupRule[] = [
  {
    group: 'protocol',
    paths: ['protocol'],
    mayImport: [],
    reason: 'messages and contracts are shared by every process, so they depend on none of them',
  },
  {
    group: 'ports',
    paths: ['platform'],
    mayImport: ['protocol'],
    reason: 'a port that knew its adapter could not be replaced by a simulated one',
  },
  {
    group: 'adapters',
    paths: ['platform/node'],
    mayImport: ['ports', 'protocol'],
    reason: 'an adapter does what its port says and decides nothing',
  },
  {
    group: 'actors',
    paths: ['actors'],
    mayImport: ['protocol', 'ports'],
    reason: 'the runtime knows nothing of SQL or processes and takes its clock from outside',
  },
  {
    group: 'examples of actors',
    paths: ['actors/examples'],
    mayImport: ['actors', 'adapters', 'ports', 'protocol'],
    reason: 'an example is a program of its own, with a real clock and without the rest of Leash',
  },
  {
    group: 'policies',
    paths: ['policies'],
    mayImport: ['protocol'],
    reason: 'a decision is a pure function of history, observation and now',
  },
  {
    group: 'supervisor',
    paths: ['supervisor'],
    mayImport: ['protocol', 'ports', 'actors', 'policies'],
    reason: 'the supervisor runs in simulation too: it takes ports, never adapters, and no part of a worker',
  },
  {
    group: 'real host',
    paths: [
      'supervisor/configuration.ts',
      'supervisor/control',
      'supervisor/daemon.ts',
      'supervisor/embedded.ts',
      'supervisor/extensions/host',
      'supervisor/host-identity.ts',
      'supervisor/ledger/ledger-thread.ts',
      'supervisor/node-ports.ts',
      'supervisor/osquery-info.ts',
      'supervisor/own-files.ts',
      'supervisor/shell-config.ts',
    ],
    mayImport: ['protocol', 'ports', 'adapters', 'actors', 'policies', 'supervisor'],
    reason: 'these give the supervisor the adapters of a real host; a worker is another process all the same',
  },
  {
    group: 'workers',
    paths: ['workers'],
    mayImport: ['protocol', 'ports', 'adapters'],
    reason: 'a worker shares nothing with its supervisor but messages',
  },
  {
    group: 'extensions',
    paths: ['extensions'],
    mayImport: ['protocol', 'ports', 'adapters'],
    reason: 'an extension is an executable of its own that speaks the protocol only',
  },
  {
    group: 'examples of extensions',
    paths: ['extensions/examples'],
    mayImport: [],
    reason: 'an example has what every author has: the package',
  },
  {
    group: 'cli',
    paths: ['cli'],
    mayImport: product,
    reason: 'a command puts the parts of the product together',
  },
  {
    group: 'benchmarks',
    paths: ['benchmarks'],
    mayImport: [...product, 'tests'],
    reason: 'a benchmark uses the product and the harnesses of its tests',
  },
  {
    group: 'scripts',
    paths: ['scripts'],
    mayImport: [],
    reason: 'scripts build the product and run before there is one',
  },
  {
    group: 'reference generator',
    paths: ['scripts/generate-table-docs.ts'],
    mayImport: ['protocol', 'workers', 'cli'],
    reason: 'the reference of the tables is written from the tables',
  },
  {
    group: 'tests',
    paths: ['test'],
    mayImport: [...product, 'examples of actors', 'benchmarks', 'scripts', 'reference generator'],
    reason: 'tests see everything',
  },
];

/** What stands beside the product may use the machine it runs on. */
const beside = ['test', 'benchmarks', 'scripts', 'extensions/examples'];
const adapters = ['platform/node', ...beside];

export const moduleRules: readonly DoorRule[] = [
  {
    names: ['node:fs', 'node:fs/promises'],
    only: adapters,
    reason:
      'files are opened by adapters, and those of the host by the file door, which cannot hang and counts',
  },
  {
    names: ['node:child_process', 'node:cluster'],
    only: adapters,
    reason: 'Leash starts no program but its own workers',
  },
  {
    names: ['node:dgram', 'node:dns', 'node:dns/promises', 'node:http2'],
    only: adapters,
    reason: 'Leash listens on no port and contacts nobody',
  },
  {
    names: ['node:http', 'node:https'],
    only: ['workers/host/http-door.ts', ...adapters],
    reason:
      'a table asks over HTTP through its door alone, which has deadlines and caps and ends with the run',
  },
  {
    names: ['node:net', 'node:tls'],
    only: ['workers/host/bus-door.ts', 'workers/host/tls-door.ts', ...adapters],
    reason: 'a table connects through its door alone, which has deadlines and ends with the run',
  },
  {
    names: ['node:worker_threads'],
    only: adapters,
    reason: 'a thread with flags of its own drops the sandbox of its process; thread pools are piscina',
  },
  {
    names: ['node:timers', 'node:timers/promises', 'node:perf_hooks'],
    only: adapters,
    reason: 'time comes from the clock that is passed in, so that a simulation owns it',
  },
  { names: ['node:module'], only: adapters, reason: 'createRequire goes round every rule here' },
  {
    names: ['node:sqlite'],
    only: [],
    reason: 'it ignores the permission model and writes -wal and -shm files even where it only reads',
  },
  {
    names: ['node:vm', 'node:inspector', 'node:inspector/promises', 'node:repl', 'node:wasi'],
    // The probe tries what a worker must not be able to do.
    only: ['test/fixtures/sandbox-probe.ts'],
    reason: 'Leash evaluates no code of others and opens no door for a debugger',
  },
  {
    names: ['systeminformation'],
    only: ['extensions/hostinfo', ...adapters],
    reason: 'most of it starts programs, which is for an extension under its own leash',
  },
  { names: ['better-sqlite3'], only: adapters, reason: 'the store is a port: a simulation replaces it' },
  {
    names: ['@sqlite.org/sqlite-wasm'],
    only: ['workers/engine', ...beside],
    reason: "other people's SQL is evaluated in a sandboxed worker and nowhere else",
  },
  {
    names: ['@virustotal/yara-x'],
    only: ['workers/host/yara', ...beside],
    reason: "other people's rules are compiled in a sandboxed worker and nowhere else",
  },
  {
    names: ['(computed)'],
    only: beside,
    reason: 'nobody can tell what an import of an expression imports',
  },
];

export const globalRules: readonly DoorRule[] = [
  {
    names: ['setTimeout', 'setInterval', 'setImmediate'],
    only: adapters,
    reason: 'timers come from the clock that is passed in, so that a simulation owns them',
  },
  {
    names: ['Date', 'Date.now', 'new Date()'],
    only: adapters,
    reason: 'wall time comes from the clock that is passed in',
  },
  {
    names: ['performance.now', 'performance.timeOrigin', 'process.hrtime', 'process.uptime'],
    // workers/main.ts: how long it took to get ready, which only the process itself can tell.
    only: ['workers/main.ts', ...adapters],
    reason: 'monotonic time comes from the clock that is passed in',
  },
  {
    names: ['Math.random', 'crypto.getRandomValues', 'crypto.randomUUID', 'randomBytes', 'randomUUID'],
    only: adapters,
    reason: 'randomness comes from the source that is passed in, so that a seed replays a run',
  },
  { names: ['fetch', 'WebSocket', 'EventSource'], only: beside, reason: 'Leash contacts nobody' },
  {
    names: ['require', 'process.getBuiltinModule', 'process.binding', 'process.dlopen'],
    only: adapters,
    reason: 'these go round every rule about imports',
  },
];

/** Folders that know only what they are told: no module of Node, no package, and nothing of the process. */
export const pureFolders: { readonly paths: readonly string[]; readonly reason: string } = {
  paths: ['protocol', 'policies'],
  reason: 'what describes or decides reads no clock, no file and no environment',
};
