import fc from 'fast-check';
import t from 'tap';
import { kernelLimits } from '../../policies/kernel-limits.ts';
import { openAccount, settle, throttleStep } from '../../policies/throttle.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';

interface Burner {
  readonly share_percent: number;
  /** Cores that the process uses whenever it is let run. */
  readonly threads: number;
  /** How much later than asked the guard looks, in milliseconds, one after another. */
  readonly late_ms: readonly number[];
}

/** Lets a process that always wants to run be held by the policy for `until_ms`; its CPU time. */
const burn = ({ share_percent, threads, late_ms }: Burner, until_ms: number): number => {
  let at_ms = 0;
  let cpu_ms = 0;
  // The kernel tells it in ticks of 10 ms.
  const sample = (): { at_ms: number; cpu_ms: number } => ({ at_ms, cpu_ms: Math.floor(cpu_ms / 10) * 10 });
  let account = openAccount(sample());
  for (let look = 0; at_ms < until_ms; look += 1) {
    account = settle(account, sample(), share_percent);
    const step = throttleStep(account, share_percent);
    const lasts_ms = step.for_ms + (late_ms[look % late_ms.length] ?? 0);
    at_ms += lasts_ms;
    if (step.kind === 'run') cpu_ms += lasts_ms * threads;
    else {
      // What it ran after the stop was ordered and before it was let go again is nothing: SIGSTOP is at once.
      const run_ms = 1;
      at_ms += run_ms;
      cpu_ms += run_ms * threads;
    }
  }
  return (cpu_ms / at_ms) * 100;
};

const burner = fc.record({
  share_percent: fc.integer({ min: 2, max: 90 }),
  threads: fc.integer({ min: 1, max: 4 }),
  late_ms: fc.array(fc.double({ min: 0, max: 15, noNaN: true }), { minLength: 1, maxLength: 20 }),
});

t.test('a process that wants all is held to its share, however late the guard looks', async () => {
  fc.assert(
    fc.property(burner, (one) => {
      const measured = burn(one, 120_000);
      const asked = one.share_percent;
      return measured > asked * 0.8 && measured < asked * 1.2;
    }),
  );
});

t.test('a process that wants less than its share is never stopped', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 100 }),
      fc.double({ min: 0, max: 0.95, noNaN: true }),
      (share, part) => {
        const used = (at_ms: number): number => (at_ms * share * part) / 100;
        const at = (at_ms: number) => ({
          pid: 1,
          startTicks: 1,
          at_ms,
          cpu_ms: used(at_ms),
          private_bytes: 0,
        });
        let account = openAccount(at(0));
        for (let at_ms = 0; at_ms < 10_000; at_ms += 50) {
          account = settle(account, at(at_ms), share);
          if (throttleStep(account, share).kind === 'stop') return false;
        }
        return true;
      },
    ),
  );
});

t.test('rest is not saved up: after an hour of it a run gets one slice, not an hour', async (t) => {
  const at = (at_ms: number, cpu_ms: number) => ({ at_ms, cpu_ms });
  const rested = settle(openAccount(at(0, 0)), at(3_600_000, 0), 50);
  t.match(throttleStep(rested, 50), { kind: 'run' });
  t.match(throttleStep(settle(rested, at(3_600_100, 100), 50), 50), { kind: 'stop' });
});

t.test(
  'a stop lasts until a slice is earned, and is longer for what was used beyond the credit',
  async () => {
    fc.assert(
      fc.property(
        fc.double({ min: -500, max: 0, noNaN: true }),
        fc.double({ min: 1, max: 99, noNaN: true }),
        (credit_ms, share) => {
          const step = throttleStep({ at_ms: 0, cpu_ms: 0, credit_ms }, share);
          const after_ms = credit_ms + (step.for_ms * share) / 100;
          return step.kind === 'stop' && Math.abs(after_ms - 30) < 1e-6;
        },
      ),
    );
  },
);

t.test("the kernel's memory limit lies above what the guard allows a grown worker", async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (memory_mb) => {
      const { memory_bytes } = kernelLimits({ ...budgetOfLevel['0'], memory_mb });
      return memory_bytes >= (memory_mb + 120) * 2 ** 20 && Number.isInteger(memory_bytes);
    }),
  );
});
