import t from 'tap';
import type { Clock } from '../../../platform/clock.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';

/** A clock, and how its time passes until something has happened. */
interface Subject {
  readonly clock: Clock;
  until(happened: Promise<void>): Promise<void>;
}

const simulated = (): Subject => {
  const clock = new SimulatedClock();
  return {
    clock,
    until: async (happened) => {
      await clock.advance(1_000);
      await happened;
    },
  };
};

const subjects: Readonly<Record<string, () => Subject>> = {
  'the simulated clock': simulated,
  "the machine's clock": () => ({ clock: nodeClock, until: (happened) => happened }),
};

for (const [name, make] of Object.entries(subjects)) {
  t.test(`${name} fires a timer once, not before its time, and in the order of the times`, async (t) => {
    const { clock, until } = make();
    const began_ms = clock.monotonicMs();
    const fired: string[] = [];
    let earliest_ms = 0;
    await until(
      new Promise((resolve) => {
        clock.after(40, () => {
          fired.push('last');
          resolve();
        });
        clock.after(5, () => {
          earliest_ms = clock.monotonicMs() - began_ms;
          fired.push('first');
        });
        clock.after(20, () => fired.push('second'));
      }),
    );
    t.strictSame(fired, ['first', 'second', 'last']);
    // Node counts whole milliseconds from the beginning of its turn.
    t.ok(earliest_ms >= 4, `${earliest_ms} ms`);
  });

  t.test(`${name} fires nothing that was cancelled, however often and whenever`, async (t) => {
    const { clock, until } = make();
    const fired: string[] = [];
    const cancelled = clock.after(1, () => fired.push('cancelled'));
    cancelled.cancel();
    cancelled.cancel();
    const done = clock.after(2, () => fired.push('done'));
    await until(new Promise((resolve) => void clock.after(10, resolve)));
    done.cancel();
    t.strictSame(fired, ['done']);
  });

  t.test(`${name} calls nobody within the call, and neither clock goes back`, async (t) => {
    const { clock, until } = make();
    const before = { mono_ms: clock.monotonicMs(), unix_ms: clock.unixMs() };
    let inside = true;
    const calls: boolean[] = [];
    const happened = new Promise<void>((resolve) => {
      clock.soon(() => calls.push(inside));
      clock.after(0, () => calls.push(inside));
      clock.after(-5, () => calls.push(inside));
      clock.after(10, resolve);
    });
    inside = false;
    await until(happened);
    t.strictSame(calls, [false, false, false]);
    t.ok(clock.monotonicMs() > before.mono_ms);
    t.ok(clock.unixMs() >= before.unix_ms);
  });
}
