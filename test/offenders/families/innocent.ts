import { numbers, type Offender } from '../offender.ts';

/** Look-alikes: heavy, slow or unlucky, and within their budget. */
export const innocent: readonly Offender[] = [
  {
    name: 'memory_that_is_freed',
    sql: () =>
      `${numbers(15)} SELECT count(*) FROM (SELECT DISTINCT hex(zeroblob(4000000 + i)) AS h FROM n ORDER BY h)`,
    expected: { kind: 'answered' },
    why: 'some 130 MB at once, within the 200 that it may have, and all given back before the next look',
    guilty: false,
    short: 'as it is',
  },
  {
    name: 'memory_that_stays',
    sql: () => `${numbers(3)} SELECT count(*) FROM (SELECT DISTINCT hex(zeroblob(4000000 + i)) FROM n)`,
    expected: { kind: 'answered' },
    why: "what a run leaves in its worker is that run's own cost: the next one is measured from there, or elsewhere",
    guilty: false,
    limits: { memory_mb: 60 },
    short: 'as it is',
    times: 4,
  },
  {
    name: 'split_into_many_pieces',
    sql: () => "SELECT regex_split(replace(hex(zeroblob(400000)), '0', 'ab'), '(?=a)', 1)",
    expected: { kind: 'answered' },
    why: 'garbage of JavaScript is collected in time',
    guilty: false,
    short: 'as it is',
    times: 3,
  },
  {
    name: 'beside_a_loaded_host',
    sql: ({ rowsPerCpu_ms }) => `${numbers(Math.round(rowsPerCpu_ms * 60))} SELECT count(*) FROM n`,
    expected: { kind: 'answered' },
    why: 'niced, beside processes that never rest, it takes many times as long: that is not its fault',
    guilty: false,
    short: 'as it is',
    circumstance: { kind: 'loaded_host' },
  },
  {
    name: 'all_of_usr',
    sql: () => "SELECT count(*), max(mtime) FROM file WHERE path LIKE '/usr/share/%%'",
    expected: { kind: 'answered' },
    why: 'a whole tree once, which a package check may well do',
    guilty: false,
  },
  {
    name: 'digests_of_programs',
    sql: () => "SELECT path, sha256 FROM hash WHERE path LIKE '/usr/sbin/%'",
    expected: { kind: 'answered' },
    why: 'every program of one directory, read once, from a cold cache at the first time',
    guilty: false,
  },
];
