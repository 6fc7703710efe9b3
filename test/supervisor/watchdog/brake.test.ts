import t from 'tap';
import type { KernelHold, KernelLimits } from '../../../platform/process-host.ts';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import type { Sample } from '../../../protocol/sample.ts';
import { Brake } from '../../../supervisor/watchdog/brake.ts';

/** A process that uses one core whenever it is not stopped, and writes down what is done to it. */
class Burner {
  readonly done: string[] = [];
  readonly limits: KernelLimits[] = [];
  readonly #hold: KernelHold;
  now_ms = 0;
  #cpu_ms = 0;
  #stopped = false;
  throttledByKernel_ms = 0;

  constructor(hold: KernelHold) {
    this.#hold = hold;
  }

  limit(limits: KernelLimits): KernelHold {
    this.limits.push(limits);
    return this.#hold;
  }

  throttled_ms(): number {
    return this.throttledByKernel_ms;
  }

  suspend(): void {
    this.#stopped = true;
    this.done.push('suspend');
  }

  resume(): void {
    this.#stopped = false;
    this.done.push('resume');
  }

  pass(time_ms: number): void {
    if (!this.#stopped) this.#cpu_ms += time_ms;
    this.now_ms += time_ms;
  }

  idle(time_ms: number): void {
    this.now_ms += time_ms;
  }

  sample(): Sample {
    return { pid: 1, startTicks: 1, at_ms: this.now_ms, cpu_ms: this.#cpu_ms, private_bytes: 0 };
  }
}

const budget = { ...budgetOfLevel['0'], throttle_percent: 20 };
const none = { memory: false, cpu: false };

t.test(
  'where the kernel takes no quota, the worker is stopped and let go so that the share is held',
  async (t) => {
    const burner = new Burner(none);
    const brake = new Brake(burner, budget, burner.sample());
    let stood_ms = 0;
    while (burner.now_ms < 60_000) {
      const next_ms = brake.isStopped
        ? brake.release(burner.now_ms)
        : brake.look(burner.sample(), burner.now_ms);
      if (brake.isStopped) stood_ms += next_ms;
      burner.pass(next_ms);
    }
    const { cpu_ms, at_ms } = burner.sample();
    const share_percent = (cpu_ms / at_ms) * 100;
    t.ok(share_percent > 19 && share_percent < 21, `${share_percent} %`);
    t.ok(Math.abs(brake.held_ms - stood_ms) < 1_000, 'the time it stood still is told');
    const wanted_percent = brake.wanted_percent(burner.sample()) ?? 0;
    t.ok(wanted_percent > 95 && wanted_percent <= 100, `it wants ${wanted_percent} %`);
  },
);

t.test(
  'a look that comes long after the run was done does not tell that it wants less than its share',
  (t) => {
    const burner = new Burner(none);
    const brake = new Brake(burner, budget, burner.sample());
    while (!brake.isStopped) burner.pass(brake.look(burner.sample(), burner.now_ms));
    burner.pass(brake.release(burner.now_ms));
    t.ok((brake.wanted_percent(burner.sample()) ?? 0) > 95);
    burner.idle(60_000);
    t.equal(brake.wanted_percent(burner.sample()), undefined);
    t.end();
  },
);

t.test('a run that ends while its worker stands still lets it go, once', async (t) => {
  const burner = new Burner(none);
  const brake = new Brake(burner, budget, burner.sample());
  while (!brake.isStopped) burner.pass(brake.look(burner.sample(), burner.now_ms));
  brake.close();
  brake.close();
  t.strictSame(burner.done, ['suspend', 'resume']);
});

t.test(
  'where the kernel takes the quota, it alone holds the worker, and the end of the run lifts it',
  async (t) => {
    const burner = new Burner({ memory: true, cpu: true });
    burner.throttledByKernel_ms = 5_000;
    const brake = new Brake(burner, budget, burner.sample());
    burner.pass(1_000);
    t.equal(brake.look(burner.sample(), burner.now_ms), Number.POSITIVE_INFINITY);
    t.equal(brake.wanted_percent(burner.sample()), undefined, 'it was not held back yet');
    burner.throttledByKernel_ms += 700;
    brake.look(burner.sample(), burner.now_ms);
    t.equal(brake.held_ms, 700, 'what it held back before this run does not count');
    brake.close();
    t.strictSame(
      burner.limits.map(({ cpu_percent }) => cpu_percent),
      [20, 0],
    );
    t.strictSame(burner.done, [], 'it is never stopped');
  },
);

t.test('a run without a throttle is never held', async (t) => {
  const burner = new Burner(none);
  const brake = new Brake(burner, budgetOfLevel['0'], burner.sample());
  for (let look = 0; look < 1_000; look += 1) {
    burner.pass(10);
    t.equal(brake.look(burner.sample(), burner.now_ms), Number.POSITIVE_INFINITY);
  }
  brake.close();
  t.strictSame(burner.done, []);
  t.match(burner.limits, [{ cpu_percent: 0 }], 'the memory limit is set all the same');
});
