import fc from 'fast-check';
import t from 'tap';
import { atTime, deny, forgivenessPeriod_ms, lift, type Offence, strike } from '../../policies/denylist.ts';
import type { Denial } from '../../protocol/denial.ts';

const minutes = 60_000;
const durations_ms = [10 * minutes, 60 * minutes, 24 * 60 * minutes];
const now = 1_800_000_000_000;
const offence: Offence = {
  scope: 'schedule:q',
  sqlHash: 'hash',
  queryId: 'q',
  sql: 'SELECT 1',
  reason: 'cpu_ms',
  limit: 10_000,
  measured: 12_000,
};

const must = (record: Denial | undefined): Denial => {
  if (record === undefined) throw new Error('the record is gone');
  return record;
};

t.test('strikes lengthen the denial, probation decides, a pass lifts it', async (t) => {
  const first = strike(undefined, offence, durations_ms, now);
  t.match(first, { state: 'denied', strikes: 1, until_unix_ms: now + 10 * minutes });
  t.equal(atTime(first, now + 10 * minutes - 1)?.state, 'denied');
  const over = now + 10 * minutes;
  const probation = must(atTime(first, over));
  t.equal(probation.state, 'probation');
  const second = strike(probation, offence, durations_ms, over);
  t.match(second, { state: 'denied', strikes: 2, until_unix_ms: over + 60 * minutes });
  const third = strike(second, offence, durations_ms, second.until_unix_ms);
  t.match(third, { strikes: 3, until_unix_ms: second.until_unix_ms + 24 * 60 * minutes });
  const fourth = strike(third, offence, durations_ms, third.until_unix_ms);
  t.match(fourth, { strikes: 4, until_unix_ms: third.until_unix_ms + 24 * 60 * minutes });
  const lifted = must(lift(probation, over));
  t.match(lifted, { state: 'watched', strikes: 1 });
});

t.test('strikes fall by one for each clean day, and the record ends with the last', async (t) => {
  const record = {
    ...strike(undefined, offence, durations_ms, now),
    strikes: 2,
    state: 'watched' as const,
    until_unix_ms: now,
  };
  t.equal(atTime(record, now + forgivenessPeriod_ms - 1)?.strikes, 2);
  t.equal(atTime(record, now + forgivenessPeriod_ms)?.strikes, 1);
  t.equal(atTime(record, now + 2 * forgivenessPeriod_ms), undefined);
  const again = strike(record, offence, durations_ms, now + forgivenessPeriod_ms);
  t.equal(again.strikes, 2, 'a new strike counts on what was left');
});

t.test('a denial never outlasts its length, whatever the wall clock does', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 * now }),
      fc.integer({ min: 1, max: 5 }),
      (looked_unix_ms, strikes) => {
        const record = { ...strike(undefined, offence, durations_ms, now), strikes };
        const seen = must(atTime(record, looked_unix_ms));
        const begin = Math.min(record.since_unix_ms, looked_unix_ms);
        const length = record.until_unix_ms - record.since_unix_ms;
        return seen.state === (looked_unix_ms - begin >= length ? 'probation' : 'denied');
      },
    ),
  );
  t.pass();
});

t.test("an operator's denial is no strike and leaves nothing behind", async (t) => {
  const record = deny({ ...offence, reason: 'operator' }, 5 * minutes, now);
  t.match(record, { state: 'denied', strikes: 0 });
  t.equal(lift(must(atTime(record, now + 5 * minutes)), now + 5 * minutes), undefined);
});
