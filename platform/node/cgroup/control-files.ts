import type { KernelLimits } from '../../process-host.ts';

/** Length of a CPU period: the kernel's own, cpu.cfs_period_us and the second number of cpu.max. */
const period_us = 100_000;
/** A worker has about ten threads; nothing in it may start processes. */
export const workerTasks = 64;

/** One value for one file of a group. */
export interface Setting {
  readonly controller: 'memory' | 'cpu';
  readonly file: string;
  readonly value: string;
}

const quota_us = (cpu_percent: number): number => Math.round((cpu_percent / 100) * period_us);

/** Documentation/admin-guide/cgroup-v1: memory.rst, pids.rst; scheduler/sched-bwc.rst. */
const version1 = ({ memory_bytes, cpu_percent }: KernelLimits): readonly Setting[] => [
  { controller: 'memory', file: 'memory.limit_in_bytes', value: String(memory_bytes) },
  {
    controller: 'cpu',
    file: 'cpu.cfs_quota_us',
    value: cpu_percent === 0 ? '-1' : String(quota_us(cpu_percent)),
  },
];

/** Documentation/admin-guide/cgroup-v2.rst. */
const version2 = ({ memory_bytes, cpu_percent }: KernelLimits): readonly Setting[] => [
  { controller: 'memory', file: 'memory.max', value: String(memory_bytes) },
  {
    controller: 'cpu',
    file: 'cpu.max',
    value: `${cpu_percent === 0 ? 'max' : quota_us(cpu_percent)} ${period_us}`,
  },
];

/** What to write for a worker's limits. */
export const limitSettings = (version: 1 | 2, limits: KernelLimits): readonly Setting[] =>
  version === 1 ? version1(limits) : version2(limits);

/** The file that bounds the processes and threads of a group. */
export const pidLimitFile = 'pids.max';

/** The file that counts the kernel's kills, and the one that counts throttled time. */
export const counterFiles: Readonly<Record<1 | 2, { readonly memory: string; readonly cpu: string }>> = {
  1: { memory: 'memory.oom_control', cpu: 'cpu.stat' },
  2: { memory: 'memory.events', cpu: 'cpu.stat' },
};

/** The number after a name in a line of its own in a flat keyed file; 0 when it is not there. */
const counter = (text: string, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);

/** Kills that the group's memory limit caused. */
export const oomKills = (text: string): number => counter(text, 'oom_kill');

/** Milliseconds for which the group was kept off its CPUs: nanoseconds in version 1, microseconds in version 2. */
export const throttled_ms = (text: string): number =>
  counter(text, 'throttled_time') / 1e6 + counter(text, 'throttled_usec') / 1e3;
