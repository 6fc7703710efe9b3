import type { Ground } from '../ground.ts';
import { deniedAtOnce, numbers, type Offender } from '../offender.ts';

const tenths = "json_each('[1,2,3,4,5,6,7,8,9,0]')";

/** A count that takes so much CPU time on this host, as the budget and the burst of the form are. */
const counting = ({ form, rowsPerCpu_ms }: Ground, share: number): string =>
  `${numbers(Math.round(rowsPerCpu_ms * (form === 'short' ? 300 : 10_000) * share))} SELECT count(*) FROM n`;

/** Queries that compute. The engine's progress handler sees them all, so the worker lives. */
export const computing: readonly Offender[] = [
  {
    name: 'endless_cte',
    sql: () => `${numbers()} SELECT count(*) FROM n`,
    expected: deniedAtOnce('cpu_ms'),
    why: 'a recursive table without an end computes until it is stopped',
    guilty: true,
    short: { cpu_ms: 150 },
    endless: true,
  },
  {
    name: 'endless_cte_without_rows',
    sql: () => `${numbers()} SELECT i FROM n WHERE i < 0`,
    expected: deniedAtOnce('cpu_ms'),
    why: 'no row comes out, so no cap of rows can end it',
    guilty: true,
    short: { cpu_ms: 150 },
    endless: true,
  },
  {
    name: 'cross_join_of_numbers',
    sql: () => `${numbers(3000)} SELECT count(*) FROM n a, n b, n c`,
    expected: deniedAtOnce('cpu_ms'),
    why: '27 billion rows are counted one by one',
    guilty: true,
    short: { cpu_ms: 150 },
    endless: true,
  },
  {
    name: 'cross_join_of_processes',
    sql: () => 'SELECT count(*) FROM processes a, processes b, processes c, processes d',
    expected: deniedAtOnce('paths', 'cpu_ms'),
    why: 'each scan lists /proc anew; what it touches is counted at the file door',
    guilty: true,
    short: { paths: 10_000 },
    endless: true,
  },
  {
    name: 'cross_join_of_json',
    sql: () =>
      `SELECT count(*) FROM ${'abcdefghij'
        .split('')
        .map((name) => `${tenths} ${name}`)
        .join(', ')}`,
    expected: deniedAtOnce('cpu_ms'),
    why: 'ten billion rows out of ten small literals: no table of ours is asked',
    guilty: true,
    short: { cpu_ms: 150 },
    endless: true,
  },
  {
    name: 'correlated_subquery',
    sql: () => `${numbers(200_000)} SELECT max((SELECT count(*) FROM n b WHERE b.i % a.i = 0)) FROM n a`,
    expected: deniedAtOnce('cpu_ms', 'memory_mb'),
    why: 'a whole scan for every row',
    guilty: true,
    short: { cpu_ms: 150 },
    endless: true,
  },
  {
    name: 'just_over_the_cpu_limit',
    sql: (ground) => counting(ground, 1.3),
    expected: deniedAtOnce('cpu_ms'),
    why: 'it would have ended by itself, a third of a budget later',
    guilty: true,
    short: { cpu_ms: 300 },
    wouldLast: 1.3,
  },
  {
    name: 'just_under_the_cpu_limit',
    sql: (ground) => counting(ground, 0.5),
    expected: { kind: 'answered' },
    why: 'a budget may be used: legitimately heavy, and it ends by itself',
    guilty: false,
    short: { cpu_ms: 300 },
  },
];
