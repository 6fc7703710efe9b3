import fc from 'fast-check';
import t from 'tap';
import { dueQueries } from '../../../supervisor/config/due.ts';
import { splayedInterval, splayedOffset_ms } from '../../../supervisor/config/splay.ts';

t.test('a splayed interval stays within its percentage and is never 0', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 604_800 }),
      fc.integer({ min: 0, max: 100 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (interval_s, percent, fraction) => {
        const splayed_s = splayedInterval(interval_s, percent, fraction);
        const spread = (interval_s * percent) / 100;
        return splayed_s >= 1 && splayed_s >= interval_s - spread && splayed_s <= interval_s + spread;
      },
    ),
  );
  t.equal(splayedInterval(10, 0, 0.9), 10, 'none at 0');
  t.equal(splayedInterval(10, 101, 0.9), 10, 'and none above 100');
  t.strictSame(
    [splayedInterval(100, 10, 0), splayedInterval(100, 10, 1 - 2 ** -53)],
    [90, 110],
    'both ends are reached',
  );
});

t.test('a start is drawn from all of its splayed interval, and none without splay', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 604_800 }),
      fc.integer({ min: 0, max: 200 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (splayed_s, percent, fraction) => {
        const offset_ms = splayedOffset_ms(splayed_s, percent, fraction);
        if (percent === 0 || percent > 100) return offset_ms === 0;
        return Number.isInteger(offset_ms) && offset_ms >= 0 && offset_ms < splayed_s * 1000;
      },
    ),
  );
  t.strictSame(
    [0, 0.5, 1 - 2 ** -53].map((fraction) => splayedOffset_ms(11, 10, fraction)),
    [0, 5_500, 10_999],
  );
});

t.test(
  'what is due at one moment comes by startup priority, then name, and starts once more at first',
  async (t) => {
    const entry = (name: string, splayed_s: number, startup_priority?: number, offset_ms = 0) => ({
      query: { name, startup_priority },
      splayed_s,
      offset_ms,
    });
    const entries = [
      entry('c', 10, undefined, 200),
      entry('b', 10),
      entry('a', 10),
      entry('z', 7, 1, 3_000),
      entry('y', 7, 0),
    ];
    const started = new Set<string>();
    const namesAt = (tick_s: number): readonly string[] =>
      dueQueries(entries, tick_s, started).map(({ entry, after_ms }) => `${entry.query.name} ${after_ms}`);
    t.strictSame(namesAt(100), ['y 0', 'z 0', 'a 0', 'b 0', 'c 200']);
    t.strictSame(namesAt(101), ['z 0']);
    t.strictSame(namesAt(102), []);
    t.strictSame(namesAt(105), ['y 0']);
    t.strictSame(namesAt(108), ['z 0']);
  },
);

t.test('a query is due exactly once in each of its splayed intervals, at its offset', async (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 0, max: 2 ** 31 }),
      (splayed_s, fraction, from_s) => {
        const offset_ms = splayedOffset_ms(splayed_s, 10, fraction);
        const entry = { query: { name: 'q', startup_priority: undefined }, splayed_s, offset_ms };
        const starts = Array.from({ length: splayed_s }, (_none, second) =>
          dueQueries([entry], from_s + second, new Set()).map(
            ({ after_ms }) => (from_s + second) * 1000 + after_ms,
          ),
        ).flat();
        return starts.length === 1 && (starts[0] ?? 0) % (splayed_s * 1000) === offset_ms;
      },
    ),
  );
  t.pass('fast-check found no counterexample');
});
