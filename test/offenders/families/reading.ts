import { deniedAtOnce, numbers, type Offender } from '../offender.ts';

/** Queries that touch the file system. */
export const reading: readonly Offender[] = [
  {
    name: 'whole_tree',
    sql: () => "SELECT * FROM file WHERE path LIKE '/%%'",
    expected: deniedAtOnce('paths', 'cpu_ms'),
    why: 'every path of the host, /proc and /sys among them: 200,000 are enough',
    guilty: true,
    short: { paths: 5_000 },
    wouldLast: 2.5,
  },
  {
    name: 'directory_again_and_again',
    sql: () => `${numbers()} SELECT count(*) FROM n, file WHERE directory = '/usr/bin'`,
    expected: deniedAtOnce('paths', 'cpu_ms'),
    why: 'the disk is worn by looking, not by reading',
    guilty: true,
    short: { paths: 10_000 },
    endless: true,
  },
  {
    name: 'digests_of_many_files',
    sql: ({ bigFiles }) => `SELECT sha256 FROM hash WHERE path LIKE '${bigFiles}/%'`,
    expected: deniedAtOnce('read_mb'),
    why: '800 MB in files of 40',
    guilty: true,
    short: { read_mb: 40 },
    wouldLast: 1.6,
  },
  {
    name: 'digest_again_and_again',
    sql: ({ bigFiles }) =>
      `${numbers()} SELECT count(sha256) FROM n, hash WHERE path = '${bigFiles}/0' AND i > 0`,
    expected: deniedAtOnce('read_mb', 'cpu_ms'),
    why: 'the same 40 MB without end',
    guilty: true,
    short: { read_mb: 40 },
    endless: true,
  },
  {
    name: 'one_huge_file',
    sql: ({ hugeFile }) => `SELECT path, sha256 FROM hash WHERE path = '${hugeFile}'`,
    expected: { kind: 'answered' },
    why: 'a file over read_max (50 MB) is not opened: its row has no digest, as in osquery',
    guilty: false,
    short: 'as it is',
  },
  {
    name: 'read_that_hangs',
    sql: ({ mounts }) =>
      mounts.unread === undefined ? undefined : `SELECT * FROM file WHERE path = '${mounts.unread}/x'`,
    expected: { kind: 'denied', reasons: ['wall_ms'], after: 3 },
    why: 'a mount whose server is gone: time is all it costs, so on a busy host only the third stop in a row counts',
    guilty: true,
    short: { wall_ms: 200 },
    endless: true,
  },
  {
    name: 'read_that_cannot_be_killed',
    sql: ({ mounts }) =>
      mounts.unanswered === undefined
        ? undefined
        : `SELECT * FROM file WHERE path = '${mounts.unanswered}/x'`,
    expected: { kind: 'denied', reasons: ['wall_ms', 'unkillable'], after: 3 },
    why: 'the worker outlives SIGKILL (state D); it leaves its lane, stays visible, and others go on',
    guilty: true,
    short: { wall_ms: 200 },
    endless: true,
  },
  {
    name: 'slow_disk',
    sql: ({ mounts }) =>
      mounts.slow === undefined
        ? undefined
        : `${numbers(8)} SELECT count(size) FROM n LEFT JOIN file ON path = '${mounts.slow}/' || i`,
    expected: { kind: 'answered' },
    why: 'eight reads that each take half a second: waiting costs the host nothing',
    guilty: false,
    short: { cpu_ms: 500 },
  },
];
