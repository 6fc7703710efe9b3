/** A query that hurts, and what Leash must make of it. */
export interface Offender {
  readonly name: string;
  readonly sql: string;
  /** Verdict reasons that are right for it. Empty: the engine ends it by itself and nothing is to be judged. */
  readonly reasons: readonly string[];
  /** What the status log must say of it then; absent where the engine answers it. */
  readonly failure?: RegExp;
}

/** The five of the acceptance run; the memory hog in two forms, since the engine's own limit ends one of them. */
export const offenders: readonly Offender[] = [
  {
    name: 'offender_endless_cte',
    sql: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n',
    reasons: ['cpu_ms', 'cpu_percent', 'wall_ms'],
  },
  {
    name: 'offender_cross_join',
    sql: 'SELECT count(*) FROM processes a, processes b, processes c, processes d',
    reasons: ['cpu_ms', 'cpu_percent', 'wall_ms', 'read_mb', 'paths'],
  },
  {
    name: 'offender_memory_hog',
    sql: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT count(*) FROM (SELECT DISTINCT group_concat(printf('%.*c', 15000, 'x') || i) FROM n GROUP BY i % 100)`,
    reasons: ['memory_mb', 'js_heap_exhausted', 'cgroup_oom'],
  },
  {
    name: 'offender_one_huge_text',
    sql: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT length(group_concat(printf('%.*c', 15000, 'x') || i)) FROM n`,
    reasons: [],
    failure: /'offender_one_huge_text' failed: string or blob too big/,
  },
  {
    name: 'offender_whole_tree',
    sql: "SELECT * FROM file WHERE path LIKE '/%%'",
    reasons: ['paths', 'rows', 'cpu_ms', 'cpu_percent', 'wall_ms', 'memory_mb', 'result_mb'],
  },
  {
    name: 'offender_regex',
    sql: "SELECT regex_match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '^(a+)+b', 0)",
    reasons: [],
  },
];

/** A FIFO in the way: it must neither hang a query nor be judged. */
export const fifoQueries = (directory: string): readonly { name: string; sql: string }[] => [
  { name: 'fifo_file', sql: `SELECT path, type FROM file WHERE directory = '${directory}'` },
  { name: 'fifo_hash', sql: `SELECT path, sha256 FROM hash WHERE path LIKE '${directory}/%'` },
];
