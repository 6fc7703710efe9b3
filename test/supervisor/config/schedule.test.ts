import fc from 'fast-check';
import t from 'tap';
import { dueQueries } from '../../../supervisor/config/due.ts';
import { splayedInterval } from '../../../supervisor/config/splay.ts';

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

t.test('due queries come by startup priority, then name, and start once more at first', async (t) => {
  const entry = (name: string, splayed_s: number, startup_priority?: number) => ({
    query: { name, startup_priority },
    splayed_s,
  });
  const entries = [entry('b', 10), entry('a', 10), entry('z', 7, 1), entry('y', 7, 0)];
  const started = new Set<string>();
  t.strictSame(
    dueQueries(entries, 100, started).map(({ query }) => query.name),
    ['y', 'z', 'a', 'b'],
  );
  t.strictSame(dueQueries(entries, 101, started), []);
  t.strictSame(
    dueQueries(entries, 105, started).map(({ query }) => query.name),
    ['y', 'z'],
  );
});

t.test('a query is due exactly when its splayed interval divides the second', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 8 }),
      fc.nat(),
      (intervals, tick_s) => {
        const entries = intervals.map((splayed_s, index) => ({
          query: { name: `q${index}`, startup_priority: undefined },
          splayed_s,
        }));
        const due = new Set(dueQueries(entries, tick_s, new Set()));
        return entries.every((entry) => due.has(entry) === (tick_s % entry.splayed_s === 0));
      },
    ),
  );
  t.pass('fast-check found no counterexample');
});
