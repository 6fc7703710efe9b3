/**
 * osquery's watchdog as its documentation describes it, for comparison: one look every three seconds at a worker that
 * runs all queries. CPU is compared interval by interval with a share of all cores; memory with the first
 * measurement of the first worker.
 */
export interface OsqueryLimits {
  readonly percent: number;
  readonly latency_s: number;
  readonly memory_mb: number;
  readonly delay_s: number;
  readonly cores: number;
}

/** osquery's defaults at level 0. */
export const osqueryDefaults: OsqueryLimits = {
  percent: 10,
  latency_s: 12,
  memory_mb: 200,
  delay_s: 60,
  cores: 4,
};

/** The worker at a moment: CPU time and resident memory of everything that it ever ran. */
export type Usage = (at_ms: number) => { readonly cpu_ms: number; readonly rss_mb: number };

const check_s = 3;

/** When and why osquery stops a worker that starts at 0; undefined: not until `until_ms`. */
export const osqueryStops = (
  usage: Usage,
  limits: OsqueryLimits,
  until_ms: number,
): { readonly at_ms: number; readonly reason: 'cpu' | 'memory' } | undefined => {
  const most_ms = (Math.min(100, limits.percent) * check_s * 1_000 * limits.cores) / 100;
  let counter = 0;
  let before_ms = 0;
  let baseline_mb: number | undefined;
  for (let at_ms = check_s * 1_000; at_ms <= until_ms; at_ms += check_s * 1_000) {
    const { cpu_ms, rss_mb } = usage(at_ms);
    baseline_mb ??= rss_mb;
    counter = cpu_ms - before_ms > most_ms ? counter + 1 : 0;
    before_ms = cpu_ms;
    if (at_ms < limits.delay_s * 1_000) continue;
    if (counter * check_s >= limits.latency_s) return { at_ms, reason: 'cpu' };
    if (rss_mb - baseline_mb > limits.memory_mb) return { at_ms, reason: 'memory' };
  }
  return undefined;
};
