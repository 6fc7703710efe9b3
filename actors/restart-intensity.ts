/** Times of recent restarts, oldest first, in monotonic milliseconds. */
export type RestartHistory = readonly number[];

/**
 * Counts one more restart now. Over `intensity` restarts within `period_ms` mean that restarting does not help:
 * `exceeded`.
 */
export const addRestart = (
  history: RestartHistory,
  now_ms: number,
  limit: { readonly intensity: number; readonly period_ms: number },
): { readonly history: RestartHistory; readonly exceeded: boolean } => {
  const recent = [...history.filter((at_ms) => now_ms - at_ms <= limit.period_ms), now_ms];
  return { history: recent, exceeded: recent.length > limit.intensity };
};
