import { numbers, type Offender } from '../offender.ts';

/** Queries with too much to say: the run fails, but they cost the host little and are not denied. */
export const answering: readonly Offender[] = [
  {
    name: 'millions_of_rows',
    sql: () => `${numbers()} SELECT i FROM n`,
    expected: { kind: 'capped', reason: 'rows' },
    why: 'stopped at 200,000 rows',
    guilty: true,
    short: { rows: 20_000 },
    endless: true,
  },
  {
    name: 'wide_rows',
    sql: () => `${numbers()} SELECT hex(zeroblob(100000)) FROM n`,
    expected: { kind: 'capped', reason: 'result_mb' },
    why: 'rows of 200 KB, stopped at 64 MB',
    guilty: true,
    short: { result_mb: 8 },
    endless: true,
  },
  {
    name: 'one_row_too_wide',
    sql: () => `SELECT ${Array.from({ length: 40 }, () => "printf('%.*c', 2000000, 'x')").join(', ')}`,
    expected: { kind: 'capped', reason: 'result_mb' },
    why: 'one row of 80 MB, stopped at 64 MB while it is written',
    guilty: true,
    short: { result_mb: 8 },
  },
];
