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
