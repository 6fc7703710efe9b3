import { deniedAtOnce, numbers, type Offender } from '../offender.ts';

const tooBig: Offender['expected'] = { kind: 'refused', message: /string or blob too big/ };

/** Queries that take memory inside SQLite, where it is capped, and values that it refuses to make. */
export const remembering: readonly Offender[] = [
  {
    name: 'sort_of_everything',
    sql: () => `${numbers()} SELECT i, hex(zeroblob(500)) || i % 1000 AS h FROM n ORDER BY h`,
    expected: deniedAtOnce('memory_mb', 'cpu_ms'),
    why: 'a sorter has no row to give before it has all of them, and spills to memory here',
    guilty: true,
    short: { memory_mb: 10 },
    endless: true,
  },
  {
    name: 'distinct_of_everything',
    sql: () => 'WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT count(*) FROM n',
    expected: deniedAtOnce('memory_mb', 'cpu_ms'),
    why: 'UNION keeps every row to compare it with the next',
    guilty: true,
    short: { memory_mb: 4 },
    endless: true,
  },
  {
    name: 'rows_that_grow',
    sql: () =>
      'WITH RECURSIVE n(i, t) AS (SELECT 1, hex(zeroblob(2000)) UNION SELECT i + 1, t || i FROM n) SELECT count(*) FROM n',
    expected: deniedAtOnce('memory_mb'),
    why: 'each row is longer than the last and all are kept',
    guilty: true,
    short: { memory_mb: 20 },
    endless: true,
  },
  {
    name: 'group_concat_by_groups',
    sql: () =>
      `${numbers(100_000)} SELECT count(*) FROM (SELECT DISTINCT group_concat(printf('%.*c', 15000, 'x') || i) FROM n GROUP BY i % 100)`,
    expected: deniedAtOnce('memory_mb'),
    why: 'a hundred texts of 15 MB at once: none is too long, all together are',
    guilty: true,
    short: { memory_mb: 20 },
    endless: true,
  },
  {
    name: 'blobs_kept_by_a_sort',
    sql: () =>
      `${numbers(200)} SELECT count(*) FROM (SELECT DISTINCT hex(zeroblob(4000000 + i)) AS h FROM n ORDER BY h)`,
    expected: deniedAtOnce('memory_mb'),
    why: '200 texts of 8 MB',
    guilty: true,
    short: { memory_mb: 40 },
    endless: true,
  },
  {
    name: 'window_over_everything',
    sql: () =>
      `${numbers(3_000_000)} SELECT sum(length(t)) FROM (SELECT last_value(hex(zeroblob(100)) || i) OVER (ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS t FROM n)`,
    expected: deniedAtOnce('memory_mb'),
    why: 'the frame is the whole partition, which is kept',
    guilty: true,
    short: { memory_mb: 20 },
    endless: true,
  },
  {
    name: 'json_array_without_end',
    sql: () => `${numbers()} SELECT json_group_array(i) FROM n`,
    expected: deniedAtOnce('memory_mb', 'cpu_ms'),
    why: 'SQLite looks at the length of the text only when it is whole, and it never is',
    guilty: true,
    short: { cpu_ms: 150 },
    endless: true,
  },
  {
    name: 'group_concat_of_everything',
    sql: () => `${numbers()} SELECT group_concat(printf('%.*c', 15000, 'x') || i) FROM n`,
    expected: deniedAtOnce('cpu_ms', 'memory_mb'),
    why: 'the text stops growing at 16 MiB, the counting beside it does not',
    guilty: true,
    short: { cpu_ms: 150 },
    endless: true,
  },
  {
    name: 'printf_padding',
    sql: () => "SELECT length(printf('%.*c', 1000000000, 'x'))",
    expected: tooBig,
    why: 'a thousand megabytes out of one call: refused by length before they are made',
    guilty: true,
    short: 'as it is',
  },
  {
    name: 'hex_of_zeroblob',
    sql: () => 'SELECT length(hex(zeroblob(1000000000)))',
    expected: tooBig,
    why: 'as above',
    guilty: true,
    short: 'as it is',
  },
  {
    name: 'replace_bomb',
    sql: () =>
      "SELECT length(replace(replace(replace(hex(zeroblob(4000)), '0', hex(zeroblob(4000))), '0', hex(zeroblob(4000))), '0', 'xx'))",
    expected: tooBig,
    why: 'three calls, each of which multiplies the text by 8,000: the second is refused',
    guilty: true,
    short: 'as it is',
  },
  {
    name: 'deep_json',
    sql: () => "SELECT json_extract(replace(hex(zeroblob(500000)), '0', '['), '$')",
    expected: { kind: 'refused', message: /malformed JSON/ },
    why: "a million open brackets: SQLite's parser goes 1,000 deep and no deeper",
    guilty: true,
    short: 'as it is',
  },
];
