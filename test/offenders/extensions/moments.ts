import { setTimeout as pause } from 'node:timers/promises';
import type { RunningDaemon } from '../../system/daemon-harness.ts';

/** When a line of the log came (`performance.now()`); without a line: it did not, in time. */
export interface Moment {
  readonly line: string | undefined;
  readonly at_ms: number;
}

/** Waits for lines of a daemon's log, each under a name, for so long at most. */
export const moments = async (
  daemon: RunningDaemon,
  patience_ms: number,
  patterns: readonly (readonly [string, RegExp])[],
): Promise<ReadonlyMap<string, Moment>> => {
  const over = new AbortController();
  const late = pause(patience_ms, undefined, { signal: over.signal }).catch(() => undefined);
  const each = patterns.map(async ([name, pattern]): Promise<readonly [string, Moment]> => {
    const line = await Promise.race([daemon.line(pattern), late]);
    return [name, { line, at_ms: performance.now() }];
  });
  try {
    return new Map(await Promise.all(each));
  } finally {
    over.abort();
  }
};
