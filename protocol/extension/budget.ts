/**
 * What a managed extension may use, itself and all that it started together, for as long as it lives. Reaching a limit
 * ends the extension.
 */
export interface ExtensionBudget {
  /** Private memory of the whole family, in MiB. */
  readonly memory_mb: number;
  /** CPU time in percent of one core over any `cpu_window_ms`. */
  readonly cpu_percent: number;
  readonly cpu_window_ms: number;
  /** Living processes of the family. */
  readonly processes: number;
  /** Open descriptors of all of them. */
  readonly descriptors: number;
}

export const extensionBudgetNames: readonly (keyof ExtensionBudget)[] = [
  'memory_mb',
  'cpu_percent',
  'cpu_window_ms',
  'processes',
  'descriptors',
];

/** Enough for a Python or Node program that answers tables; a leak reaches them within hours, a fork bomb at once. */
export const usualExtensionBudget: ExtensionBudget = {
  memory_mb: 500,
  cpu_percent: 80,
  cpu_window_ms: 60_000,
  processes: 64,
  descriptors: 512,
};
