import type { LimitOverride } from '../protocol/limit-override.ts';

/**
 * The override as it stands now; undefined: its time is over. A wall clock that was set back to before its beginning
 * moves it, so that it is never further from its end than its full length; the caller keeps the moved one.
 */
export const overrideAt = (stored: LimitOverride, now_unix_ms: number): LimitOverride | undefined => {
  const ahead_ms = Math.max(0, stored.since_unix_ms - now_unix_ms);
  const until_unix_ms = stored.until_unix_ms - ahead_ms;
  if (now_unix_ms >= until_unix_ms) return undefined;
  return ahead_ms === 0 ? stored : { ...stored, since_unix_ms: now_unix_ms, until_unix_ms };
};
