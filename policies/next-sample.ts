/** A fast allocator touches about 1 GB/s; looking at twice that speed overshoots by half of what was left. */
const allocator_bytes_per_ms = 2e9 / 1000;
const shortest_ms = 1;
const longest_ms = 100;

/** A share of a core over a window is seen to be crossed when at most this part of the window more has passed. */
const partOfWindow = 1 / 20;

/**
 * When to look again: soon when little headroom is left, in time for the deadline, and often enough for a CPU window
 * (Infinity where no share is limited).
 */
export const nextSample_ms = (
  headroom_bytes: number,
  untilDeadline_ms: number,
  cpu_window_ms: number,
): number => {
  const byMemory_ms = headroom_bytes / allocator_bytes_per_ms;
  const byWindow_ms = cpu_window_ms * partOfWindow;
  return Math.max(shortest_ms, Math.min(longest_ms, byMemory_ms, untilDeadline_ms, byWindow_ms));
};
