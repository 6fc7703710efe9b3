import type { Ground } from '../ground.ts';
import { deniedAtOnce, numbers, type Offender } from '../offender.ts';

/** Computes for `burst_ms`, then waits for one answer of the slow mount, `times` over. */
const bursts = (
  { mounts, rowsPerCpu_ms }: Ground,
  burst_ms: number,
  times: number,
  waits = 1,
): string | undefined => {
  if (mounts.slow === undefined) return undefined;
  const rows = Math.round(rowsPerCpu_ms * burst_ms);
  const burst = `(SELECT count(*) FROM (WITH RECURSIVE b(j) AS (SELECT n.i UNION ALL SELECT j + 1 FROM b LIMIT ${rows}) SELECT j FROM b))`;
  const wait = Array.from(
    { length: waits },
    (_, index) => `(SELECT count(*) FROM file WHERE path = '${mounts.slow}/' || n.i || '.${index}')`,
  );
  return `${numbers(times)} SELECT ${[burst, ...wait].join(', ')} FROM n`;
};

/** Queries whose shape over time is meant to slip between two looks; all wait for a mount that answers slowly. */
export const timing: readonly Offender[] = [
  {
    name: 'sleeps_and_bursts',
    // Three seconds on, three off: no four looks of a rule that looks every three seconds find it busy in a row.
    sql: (ground) => (ground.form === 'short' ? bursts(ground, 60, 100) : bursts(ground, 3_000, 8, 6)),
    expected: deniedAtOnce('cpu_ms'),
    why: 'CPU time of a lease adds up, however it is spread',
    guilty: true,
    short: { cpu_ms: 200 },
    endless: true,
  },
  {
    name: 'bursts_over_a_share',
    sql: (ground) => (ground.form === 'short' ? bursts(ground, 60, 100) : bursts(ground, 400, 60)),
    expected: deniedAtOnce('cpu_percent'),
    why: 'bursts shorter than the window still fill a share of it',
    guilty: true,
    limits: { cpu_percent: 15, cpu_window_ms: 4_000 },
    // Beside other work a niced worker gets a tenth of a core: the limit is one that it breaks even then.
    short: { cpu_percent: 5, cpu_window_ms: 1_000 },
    endless: true,
  },
  {
    name: 'bursts_within_a_share',
    sql: (ground) => (ground.form === 'short' ? bursts(ground, 10, 12) : bursts(ground, 50, 20)),
    expected: { kind: 'answered' },
    why: 'each burst takes a whole core, the window as a whole does not',
    guilty: false,
    limits: { cpu_percent: 60, cpu_window_ms: 4_000 },
    short: { cpu_percent: 60, cpu_window_ms: 500 },
  },
  {
    name: 'stopped_in_the_middle',
    sql: (ground) => bursts(ground, 10, 8),
    expected: { kind: 'answered' },
    why: 'a suspended worker has used nothing; after it goes on, it is judged by what it used',
    guilty: false,
    short: 'as it is',
    circumstance: { kind: 'worker_stopped', for_ms: 300 },
  },
  {
    name: 'offender_stopped_in_the_middle',
    sql: () => `${numbers()} SELECT max(i) FROM n`,
    expected: deniedAtOnce('cpu_ms'),
    why: 'a pause is no new beginning: CPU time is absolute for one pid and start time',
    guilty: true,
    short: { cpu_ms: 200 },
    circumstance: { kind: 'worker_stopped', for_ms: 300 },
    endless: true,
  },
];
