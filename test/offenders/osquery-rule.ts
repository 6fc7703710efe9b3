/**
 * The rule by which osquery's watcher stops its worker, as its documentation and flags publish it: limits in percent
 * of all cores over checks that are three seconds apart, growth of resident memory over the first worker's first
 * measurement, and a delay after each start of the worker. A simulator in our own words, for comparison; no part of
 * the product.
 */

/** What the flags `watchdog_*` set; times in seconds as there. */
export interface OsqueryLimits {
  /** `watchdog_memory_limit`, in MiB of growth. */
  readonly memory_mb: number;
  /** `watchdog_utilization_limit`, in percent of all cores; 100 at most counts. */
  readonly utilization_percent: number;
  /** `watchdog_latency_limit`: so long over the utilization limit without a break. */
  readonly latency_s: number;
  /** `watchdog_delay`: so long after a worker's start nothing is stopped. */
  readonly delay_s: number;
  /** `watchdog_forced_shutdown_delay`: from SIGTERM to SIGKILL. */
  readonly forcedShutdown_s: number;
  readonly cores: number;
}

/** `watchdog_level` 0. */
export const osqueryNormal = (cores: number): OsqueryLimits => ({
  memory_mb: 200,
  utilization_percent: 10,
  latency_s: 12,
  delay_s: 60,
  forcedShutdown_s: 4,
  cores,
});

/** Between two checks. */
export const checkEvery_ms = 3_000;

/** What the watcher remembers between two checks. */
export interface WatcherState {
  /** When the present worker was started. */
  readonly workerStart_ms: number;
  /** CPU time at the last check; 0 before the first one, which therefore counts all of the worker's time. */
  readonly cpu_ms: number;
  /** Checks in a row that were over the utilization limit. */
  readonly over: number;
  /** Memory of the first worker at its first check, for this worker and all later ones. */
  readonly baseline_bytes: number | undefined;
}

/** The watcher when the first worker starts. */
export const firstWorker = (at_ms: number): WatcherState => ({
  workerStart_ms: at_ms,
  cpu_ms: 0,
  over: 0,
  baseline_bytes: undefined,
});

/** The watcher when a later worker starts: the delay begins anew, the memory baseline does not. */
export const nextWorker = (state: WatcherState, at_ms: number): WatcherState => ({
  ...state,
  workerStart_ms: at_ms,
  cpu_ms: 0,
  over: 0,
});

/** What the watcher sees of the worker: CPU time since its start, and resident memory. */
export interface WorkerReading {
  readonly cpu_ms: number;
  readonly rss_bytes: number;
}

/** One check. CPU is looked at first; both are counted during the delay, when nothing is stopped. */
export const check = (
  limits: OsqueryLimits,
  state: WatcherState,
  { cpu_ms, rss_bytes }: WorkerReading,
  now_ms: number,
): { readonly state: WatcherState; readonly stop: 'cpu' | 'memory' | undefined } => {
  const share = Math.min(100, limits.utilization_percent) / 100;
  const isOver = cpu_ms - state.cpu_ms > share * checkEvery_ms * limits.cores;
  const over = isOver ? state.over + 1 : 0;
  const baseline_bytes = state.baseline_bytes ?? rss_bytes;
  const next = { ...state, cpu_ms, over, baseline_bytes };
  if (now_ms - state.workerStart_ms < limits.delay_s * 1000) return { state: next, stop: undefined };
  if ((over * checkEvery_ms) / 1000 >= limits.latency_s) return { state: next, stop: 'cpu' };
  const grown_bytes = Math.max(0, rss_bytes - baseline_bytes);
  return { state: next, stop: grown_bytes > limits.memory_mb * 2 ** 20 ? 'memory' : undefined };
};

/** A worker over its whole life, whatever it runs: what it has used by then, and resident memory. */
export type WorkerUsage = (at_ms: number) => { readonly cpu_ms: number; readonly rss_mb: number };

/** When and why a worker that starts at 0 is stopped; undefined: not until `until_ms`. */
export const firstStop = (
  usage: WorkerUsage,
  limits: OsqueryLimits,
  until_ms: number,
): { readonly at_ms: number; readonly reason: 'cpu' | 'memory' } | undefined => {
  let watcher = firstWorker(0);
  for (let at_ms = checkEvery_ms; at_ms <= until_ms; at_ms += checkEvery_ms) {
    const { cpu_ms, rss_mb } = usage(at_ms);
    const { state, stop } = check(limits, watcher, { cpu_ms, rss_bytes: rss_mb * 2 ** 20 }, at_ms);
    if (stop !== undefined) return { at_ms, reason: stop };
    watcher = state;
  }
  return undefined;
};
