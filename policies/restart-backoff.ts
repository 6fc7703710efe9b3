const first_ms = 100;
const longest_ms = 30_000;
const jitter = 0.2;

/**
 * Wait before the next start of a worker after `failures` starts in a row that did not become ready: doubling from
 * 100 ms to 30 s, give or take a fifth so that many hosts do not beat together. `fraction` is random in [0, 1).
 */
export const startBackoff_ms = (failures: number, fraction: number): number =>
  Math.min(longest_ms, first_ms * 2 ** (failures - 1)) * (1 + jitter * (2 * fraction - 1));
