/** A fast allocator touches about 1 GB/s; looking at twice that speed overshoots by half of what was left. */
const allocator_bytes_per_ms = 2e9 / 1000;
const shortest_ms = 1;
const longest_ms = 100;

/** When to look again: soon when little headroom is left, and in time for the deadline. */
export const nextSample_ms = (headroom_bytes: number, untilDeadline_ms: number): number => {
  const byMemory_ms = headroom_bytes / allocator_bytes_per_ms;
  return Math.max(shortest_ms, Math.min(longest_ms, byMemory_ms, untilDeadline_ms));
};
