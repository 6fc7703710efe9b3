import type { FlagSpec } from './osquery-flags.ts';

type Listed = Pick<FlagSpec, 'name' | 'type' | 'defaultValue' | 'scope' | 'description'>;

const listed: readonly Listed[] = [
  {
    name: 'control_socket',
    type: 'string',
    defaultValue: '',
    scope: 'cli',
    description: 'unix socket for the leash command; empty: control.sock in the database directory',
  },
  {
    name: 'denylist_durations',
    type: 'string',
    defaultValue: '600,3600,86400',
    scope: 'config',
    description:
      'seconds of the first, second, … denial of a query; the last one serves for all further strikes',
  },
  {
    name: 'denylist_mode',
    type: 'string',
    defaultValue: 'leash',
    scope: 'config',
    description: 'leash: by denylist_durations; osquery: 24 hours at the first strike',
  },
  {
    name: 'schedule_defer',
    type: 'bool',
    defaultValue: 'true',
    scope: 'config',
    description:
      "put scheduled queries off while the host's CPUs or disks are busy, half their interval or a minute at most; false: they start on time",
  },
  {
    name: 'spool_max_mb',
    type: 'uint32',
    defaultValue: '512',
    scope: 'config',
    description:
      'MiB of result lines that wait for a logger at most; of more, the oldest are dropped, with a warning',
  },
  {
    name: 'extension_cpu_percent',
    type: 'uint32',
    defaultValue: '0',
    scope: 'cli',
    description: 'percent of one core that an extension and all that it started may use; 0: 80',
  },
  {
    name: 'extension_cpu_window_ms',
    type: 'uint32',
    defaultValue: '0',
    scope: 'cli',
    description: 'milliseconds over which extension_cpu_percent counts; 0: 60000',
  },
  {
    name: 'extension_descriptors',
    type: 'uint32',
    defaultValue: '0',
    scope: 'cli',
    description: 'descriptors that an extension and all that it started may have open; 0: 512',
  },
  {
    name: 'extension_memory_mb',
    type: 'uint32',
    defaultValue: '0',
    scope: 'cli',
    description: 'MiB of private memory that an extension and all that it started may hold; 0: 500',
  },
  {
    name: 'extension_processes',
    type: 'uint32',
    defaultValue: '0',
    scope: 'cli',
    description: 'processes that an extension may be, itself included; 0: 64',
  },
  {
    name: 'extensions_directory',
    type: 'string',
    defaultValue: '',
    scope: 'cli',
    description:
      'directory for the sockets of the extensions that the daemon starts; empty: ext in the database directory, which no other user can reach',
  },
  {
    name: 'workers_max',
    type: 'uint32',
    defaultValue: '8',
    scope: 'config',
    description: 'worker processes at most, slow queries included',
  },
  {
    name: 'workers_scheduled',
    type: 'uint32',
    defaultValue: '2',
    scope: 'config',
    description: 'scheduled queries that run side by side while they are quick',
  },
  {
    name: 'workers_spare',
    type: 'uint32',
    defaultValue: '0',
    scope: 'config',
    description:
      'idle workers kept ready (some 50 MB each), so that a query whose worker was lost does not wait',
  },
  {
    name: 'worker_cgroups',
    type: 'bool',
    defaultValue: 'true',
    scope: 'cli',
    description: "hold workers by the kernel's limits, too, where the daemon's cgroup is writable",
  },
  {
    name: 'worker_idle_seconds',
    type: 'uint32',
    defaultValue: '60',
    scope: 'config',
    description: 'the last idle worker ends after this long without a query',
  },
];

/** Flags that osquery does not have. */
export const leashFlags: readonly FlagSpec[] = listed.map((flag) => ({
  ...flag,
  area: 'leash',
  hidden: false,
}));
