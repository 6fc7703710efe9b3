/**
 * What one query may cost. Every member is a limit of one run; reaching it ends the run, but for
 * `throttle_percent`, which slows it down.
 * The names are the same in config (`limits`), store, tables and code.
 */
export interface Budget {
  /** Time since the lease was granted, without time blocked on the supervisor. */
  readonly wall_ms: number;
  /** User plus system CPU time of the worker under this lease. */
  readonly cpu_ms: number;
  /** CPU time in percent of one core over any `cpu_window_ms`; 0: no such limit. */
  readonly cpu_percent: number;
  readonly cpu_window_ms: number;
  /**
   * The run is held to this share of one core, in percent, and goes on: it is not stopped for it. 0: not held.
   */
  readonly throttle_percent: number;
  /** Growth of the worker's private memory over its own baseline, in MiB. */
  readonly memory_mb: number;
  readonly rows: number;
  /** Encoded result, in MiB. */
  readonly result_mb: number;
  /** Bytes the tables read from files, in MiB. */
  readonly read_mb: number;
  /** Directory entries and files that the tables touched. */
  readonly paths: number;
}

export type BudgetName = keyof Budget;

/** What can be reached: the window only says over what time a share counts. */
export type LimitName = Exclude<BudgetName, 'cpu_window_ms'>;

export const budgetNames: readonly BudgetName[] = [
  'wall_ms',
  'cpu_ms',
  'cpu_percent',
  'cpu_window_ms',
  'throttle_percent',
  'memory_mb',
  'rows',
  'result_mb',
  'read_mb',
  'paths',
];

/** osquery's `watchdog_level`: 0 normal, 1 restrictive, -1 without limits that stop a normal query. */
export type WatchdogLevel = -1 | 0 | 1;

const normal: Budget = {
  wall_ms: 30_000,
  cpu_ms: 10_000,
  cpu_percent: 0,
  cpu_window_ms: 5_000,
  throttle_percent: 0,
  memory_mb: 200,
  rows: 200_000,
  result_mb: 64,
  read_mb: 512,
  paths: 200_000,
};

const scaled = (budget: Budget, factor: number): Budget => ({
  wall_ms: budget.wall_ms * factor,
  cpu_ms: budget.cpu_ms * factor,
  cpu_percent: budget.cpu_percent,
  cpu_window_ms: budget.cpu_window_ms,
  throttle_percent: budget.throttle_percent,
  memory_mb: budget.memory_mb * factor,
  rows: budget.rows * factor,
  result_mb: budget.result_mb * factor,
  read_mb: budget.read_mb * factor,
  paths: budget.paths * factor,
});

/** Budgets of each level: level 1 is half of level 0; level -1 is fifty times, osquery's ratio for memory. */
export const budgetOfLevel: Readonly<Record<`${WatchdogLevel}`, Budget>> = {
  '-1': scaled(normal, 50),
  '0': normal,
  '1': scaled(normal, 0.5),
};
