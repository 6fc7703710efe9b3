import type { Denial } from '../protocol/denial.ts';

/** A clean day takes one strike off a record. */
export const forgivenessPeriod_ms = 86_400_000;

/** Length of a denial at a number of strikes: the last of the list serves for all further ones. */
export const denialLength_ms = (strikes: number, durations_ms: readonly number[]): number =>
  durations_ms[Math.min(strikes, durations_ms.length) - 1] ?? durations_ms.at(-1) ?? 0;

/** What is new about a query when it gets a strike. */
export type Offence = Pick<Denial, 'scope' | 'sqlHash' | 'queryId' | 'sql' | 'reason' | 'limit' | 'measured'>;

/** The record after a strike: one strike more than what was not yet forgiven, and a denial that long. */
export const strike = (
  former: Denial | undefined,
  offence: Offence,
  durations_ms: readonly number[],
  now_unix_ms: number,
): Denial => {
  const current = former === undefined ? undefined : forgive(former, now_unix_ms);
  const strikes = (current?.strikes ?? 0) + 1;
  return {
    ...offence,
    state: 'denied',
    strikes,
    since_unix_ms: now_unix_ms,
    until_unix_ms: now_unix_ms + denialLength_ms(strikes, durations_ms),
    lastStrike_unix_ms: now_unix_ms,
  };
};

/** A denial by a person: no strike, as long as they said. */
export const deny = (offence: Offence, for_ms: number, now_unix_ms: number): Denial => ({
  ...offence,
  state: 'denied',
  strikes: 0,
  since_unix_ms: now_unix_ms,
  until_unix_ms: now_unix_ms + for_ms,
  lastStrike_unix_ms: now_unix_ms,
});

/**
 * The record as it stands now. A denial that is over becomes `probation`; a `watched` record loses a strike for
 * each clean day and ends (undefined) with the last one.
 * A wall clock that was set back to before the record's beginning moves the whole record: what would begin in the
 * future begins now, and no denial is further from its end than its full length. The caller keeps such a record
 * (its `since_unix_ms` differs), or it would move again at the next look.
 */
export const atTime = (stored: Denial, now_unix_ms: number): Denial | undefined => {
  const record = begun(stored, now_unix_ms);
  if (record.state === 'denied') {
    return now_unix_ms < record.until_unix_ms ? record : { ...record, state: 'probation' };
  }
  return record.state === 'watched' ? forgive(record, now_unix_ms) : record;
};

/** The record, moved so that it does not begin after now. */
const begun = (record: Denial, now_unix_ms: number): Denial => {
  const ahead_ms = record.since_unix_ms - now_unix_ms;
  if (ahead_ms <= 0) return record;
  return {
    ...record,
    since_unix_ms: now_unix_ms,
    until_unix_ms: record.until_unix_ms - ahead_ms,
    lastStrike_unix_ms: record.lastStrike_unix_ms - ahead_ms,
  };
};

/** Probation passed: the query runs freely, and its strikes begin to fade, or go on fading. */
export const lift = (record: Denial, now_unix_ms: number): Denial | undefined => {
  const left = forgive(record, now_unix_ms);
  return left === undefined
    ? undefined
    : { ...left, state: 'watched', since_unix_ms: now_unix_ms, until_unix_ms: now_unix_ms };
};

/** Takes off one strike for each whole day since the last one (or since the denial ended, if that was later). */
const forgive = (record: Denial, now_unix_ms: number): Denial | undefined => {
  const from_unix_ms = Math.max(record.lastStrike_unix_ms, record.until_unix_ms);
  const days = Math.floor(Math.max(0, now_unix_ms - from_unix_ms) / forgivenessPeriod_ms);
  const strikes = record.strikes - days;
  return strikes > 0 ? { ...record, strikes } : undefined;
};
