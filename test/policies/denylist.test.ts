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

t.test(
  'a clock that is set back again and again keeps no query out for longer than its denial',
  async (t) => {
    const step = fc.record({
      passed_ms: fc.nat(10 * minutes),
      jump_ms: fc.integer({ min: -400 * forgivenessPeriod_ms, max: 0 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let clock_unix_ms = now;
        let record = strike(undefined, offence, durations_ms, clock_unix_ms);
        for (const { passed_ms, jump_ms } of steps) {
          clock_unix_ms += passed_ms + jump_ms;
          record = must(atTime(record, clock_unix_ms));
          if (record.state === 'probation') return true;
          if (record.until_unix_ms - clock_unix_ms > 10 * minutes) return false;
        }
        return atTime(record, clock_unix_ms + 10 * minutes)?.state === 'probation';
      }),
    );
    t.pass('each look leaves at most the full length');
  },
);

t.test('strikes fade although the clock was set back after the last one', async (t) => {
  const watched = must(lift(strike(undefined, offence, durations_ms, now), now));
  const back = now - 100 * forgivenessPeriod_ms;
  const moved = must(atTime(watched, back));
  t.equal(moved.strikes, 1);
  t.equal(atTime(moved, back + forgivenessPeriod_ms), undefined);
});

t.test('looking at a record changes nothing about what it becomes', async (t) => {
  const state = fc.constantFrom('denied', 'probation', 'watched');
  const when = fc.integer({ min: -5 * forgivenessPeriod_ms, max: 5 * forgivenessPeriod_ms });
  fc.assert(
    fc.property(state, fc.integer({ min: 1, max: 5 }), when, (state, strikes, offset_ms) => {
      const record: Denial = { ...strike(undefined, offence, durations_ms, now), state, strikes };
      const once = atTime(record, now + offset_ms);
      if (once === undefined || (state === 'watched' && once.strikes < strikes)) return true;
      t.same(atTime(once, now + offset_ms), once);
      return true;
    }),
  );
});

t.test('clean days count the same for a query that passed and for one that failed again', async (t) => {
  const twice = { ...strike(undefined, offence, durations_ms, now), strikes: 2 };
  const later = twice.until_unix_ms + forgivenessPeriod_ms;
  const probation = must(atTime(twice, later));
  t.equal(lift(probation, later)?.strikes, 1);
  t.equal(strike(probation, offence, durations_ms, later).strikes, 2, 'what was left, and the new one');
});
