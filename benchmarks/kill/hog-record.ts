import { readFileSync } from 'node:fs';

/** What became of one hog. */
export interface HogFate {
  /** From the first step over the limit to its exit as its parent saw it. */
  readonly stopped_ms: number;
  /** From the same step to the signal; NaN where the sender does not tell. */
  readonly signalled_ms: number;
  /** What it had at its last step, beyond the limit. */
  readonly overshoot_bytes: number;
}

/** Reads what a hog of scripted-worker.ts noted. Both times are CLOCK_MONOTONIC. */
export const fateOfHog = (
  file: string,
  limit_bytes: number,
  { signalled_ms = Number.NaN, ended_ms }: { signalled_ms?: number; ended_ms: number },
): HogFate => {
  const bytes = readFileSync(file);
  let crossed_ms: number | undefined;
  let last_ms = Number.NaN;
  let last_bytes = 0;
  for (let offset = 0; offset + 16 <= bytes.length; offset += 16) {
    last_ms = bytes.readDoubleLE(offset);
    last_bytes = bytes.readDoubleLE(offset + 8);
    if (last_bytes > limit_bytes) crossed_ms ??= last_ms;
  }
  // One that died before it noted the step over the limit crossed it after its last note.
  crossed_ms ??= last_ms;
  return {
    stopped_ms: ended_ms - crossed_ms,
    signalled_ms: signalled_ms - crossed_ms,
    overshoot_bytes: last_bytes - limit_bytes,
  };
};

/** CLOCK_MONOTONIC in milliseconds, as the hog notes it. */
export const hostMonotonic_ms = (): number => Number(process.hrtime.bigint()) / 1e6;
