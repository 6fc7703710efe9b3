/**
 * CLOCK_MONOTONIC, in milliseconds. `performance.now` counts on the same clock, but the first touch of `performance` loads a
 * part of Node, 3 ms of a worker's start.
 */
export const monotonicMs = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1_000_000;
};
