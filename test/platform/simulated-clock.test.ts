import fc from 'fast-check';
import t from 'tap';
import { SimulatedClock } from '../../platform/simulated-clock.ts';

t.test('timers fire by time, then in the order in which they were set; a cancelled one never', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ delay_ms: fc.integer({ min: -1, max: 20 }), cancelled: fc.boolean() })),
      async (timers) => {
        const clock = new SimulatedClock();
        const fired: number[] = [];
        for (const [index, { delay_ms, cancelled }] of timers.entries()) {
          const timer = clock.after(delay_ms, () => fired.push(index));
          if (cancelled) timer.cancel();
        }
        await clock.advance(20);
        const expected = [...timers.entries()]
          .filter(([, { cancelled }]) => !cancelled)
          .toSorted(
            ([one, a], [other, b]) => Math.max(0, a.delay_ms) - Math.max(0, b.delay_ms) || one - other,
          )
          .map(([index]) => index);
        return JSON.stringify(fired) === JSON.stringify(expected);
      },
    ),
  );
});

t.test('a timer that sets itself again fires every period within one jump, at its time', async (t) => {
  const clock = new SimulatedClock();
  const fired: number[] = [];
  const again = (): void => {
    fired.push(clock.monotonicMs());
    clock.after(10, again);
  };
  clock.after(10, again);
  await clock.advance(35);
  t.strictSame(fired, [10, 20, 30]);
  t.equal(clock.monotonicMs(), 35);
});
