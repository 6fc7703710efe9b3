import type { Backoff } from './types.ts';

/** Wait before the next start after `failures` in a row; `fraction` is random in [0, 1). */
export const backoff_ms = (backoff: Backoff, failures: number, fraction: number): number =>
  Math.min(backoff.max_ms, backoff.first_ms * 2 ** (failures - 1)) *
  (1 + backoff.jitter * (2 * fraction - 1));
