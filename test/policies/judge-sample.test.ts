import fc from 'fast-check';
import t from 'tap';
import { judgeSample, type RunObservation } from '../../policies/judge-sample.ts';
import { graceOf_ms } from '../../policies/judgement.ts';
import { nextSample_ms } from '../../policies/next-sample.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import type { Sample } from '../../protocol/sample.ts';

const budget = budgetOfLevel['0'];
const mib = 2 ** 20;
const sample = (at_ms: number, cpu_ms: number, private_mb: number, startTicks = 7): Sample => ({
  pid: 42,
  startTicks,
  at_ms,
  cpu_ms,
  private_bytes: private_mb * mib,
});
const run = (samples: readonly Sample[], more: Partial<RunObservation> = {}): RunObservation => ({
  budget,
  baseline: sample(0, 100, 60),
  samples: [sample(0, 100, 60), ...samples],
  read_bytes: 0,
  grantedAt_ms: 0,
  blocked_ms: 0,
  late_ms: 0,
  ...more,
});

t.test('memory is judged as growth over the own baseline, without grace', async (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1000, noNaN: true }),
      fc.double({ min: 0, max: 1000, noNaN: true }),
      (base, grown) => {
        const baseline = sample(0, 0, base);
        const judged = judgeSample(run([], { baseline, samples: [baseline, sample(1, 1, base + grown)] }), 1);
        const measured_mb = ((base + grown) * mib - base * mib) / mib;
        return (judged.kind === 'kill') === measured_mb > budget.memory_mb;
      },
    ),
  );
  t.match(judgeSample(run([sample(1, 101, 261)]), 1), {
    kind: 'kill',
    reason: 'memory_mb',
    limit: 200,
    measured: 201,
  });
});

t.test('a sample of a later process of the same pid is never held against the lease', async (t) => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 8 }), (cpu_ms, private_mb, startTicks) => {
      return judgeSample(run([sample(5, cpu_ms, private_mb, startTicks)]), 5).kind === 'within';
    }),
  );
  t.pass('whatever it uses');
});

t.test('CPU time counts from the lease, whatever gap lies between the samples', async (t) => {
  const over_ms = budget.cpu_ms + graceOf_ms(budget.cpu_ms) + 1;
  t.match(judgeSample(run([sample(25_000, 100 + over_ms, 60)]), 25_000), { kind: 'kill', reason: 'cpu_ms' });
  t.match(
    judgeSample(run([sample(25_000, 100 + budget.cpu_ms, 60)]), 25_000),
    { kind: 'within' },
    'the engine comes first',
  );
});

t.test('wall_ms does not count time that the worker was blocked on the supervisor', async (t) => {
  const late_ms = budget.wall_ms + graceOf_ms(budget.wall_ms) + 1;
  const samples = [sample(late_ms, 110, 60)];
  t.match(judgeSample(run(samples), late_ms), { kind: 'kill', reason: 'wall_ms' });
  t.match(judgeSample(run(samples, { blocked_ms: 5_000 }), late_ms), { kind: 'within' });
});

const milliseconds = fc.double({ min: 0, max: 100_000, noNaN: true });

t.test('CPU time is judged by its sum alone, however it is spread over the samples', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(milliseconds, fc.double({ min: 0, max: 5_000, noNaN: true })), { minLength: 1 }),
      (steps) => {
        // What the worker had used before.
        const before_ms = 1e6;
        let [at_ms, cpu_ms] = [0, before_ms];
        const baseline = sample(0, before_ms, 60);
        const samples = steps.map(([later_ms, more_ms]) => {
          at_ms += later_ms;
          cpu_ms += more_ms;
          return sample(at_ms, cpu_ms, 60);
        });
        // All the running time was ours, so that only CPU time can be over.
        const judged = judgeSample(
          run([], { baseline, samples: [baseline, ...samples], blocked_ms: at_ms }),
          at_ms,
        );
        const over = cpu_ms - before_ms > budget.cpu_ms + graceOf_ms(budget.cpu_ms);
        return over ? judged.kind === 'kill' && judged.reason === 'cpu_ms' : judged.kind === 'within';
      },
    ),
  );
});

t.test('running time is what passed since the grant without what was not its own', async () => {
  fc.assert(
    fc.property(milliseconds, milliseconds, milliseconds, (grantedAt_ms, ran_ms, blocked_ms) => {
      const now_ms = grantedAt_ms + ran_ms + blocked_ms;
      const judged = judgeSample(run([sample(now_ms, 100, 60)], { grantedAt_ms, blocked_ms }), now_ms);
      const limit_ms = budget.wall_ms + graceOf_ms(budget.wall_ms);
      return Math.abs(ran_ms - limit_ms) < 1e-6 || (judged.kind === 'kill') === ran_ms > limit_ms;
    }),
  );
});

t.test(
  'reads are judged by the bytes since the grant, and not at all where the kernel does not tell',
  async () => {
    const read = fc.option(fc.integer({ min: 0, max: 2 ** 34 }), { nil: undefined });
    fc.assert(
      fc.property(read, fc.integer({ min: 1, max: 10_000 }), (read_bytes, read_mb) => {
        const judged = judgeSample(
          run([sample(1, 100, 60)], { read_bytes, budget: { ...budget, read_mb } }),
          1,
        );
        // The door of the worker stops at the budget itself; the guard 64 MiB later.
        const over = read_bytes !== undefined && read_bytes / mib > read_mb + 64;
        return over ? judged.kind === 'kill' && judged.limit === read_mb : judged.kind === 'within';
      }),
    );
  },
);

t.test('a guard that was held up looks once more before it judges the time', async (t) => {
  const over_ms = budget.wall_ms + graceOf_ms(budget.wall_ms) + 1;
  const samples = [sample(over_ms, 110, 60)];
  t.match(judgeSample(run(samples, { late_ms: 101 }), over_ms), { kind: 'within' });
  t.match(judgeSample(run(samples, { late_ms: 100 }), over_ms), { kind: 'kill', reason: 'wall_ms' });
  const heavy = [sample(over_ms, 110, 60 + budget.memory_mb + 1)];
  t.match(
    judgeSample(run(heavy, { late_ms: 101 }), over_ms),
    { kind: 'kill', reason: 'memory_mb' },
    'what it holds now needs no second look',
  );
});

t.test('the CPU window judges only an unbroken stretch that fills it', async (t) => {
  const windowed = { budget: { ...budget, cpu_percent: 50, cpu_window_ms: 500 } };
  const steady = (share: number, step_ms: number): Sample[] =>
    Array.from({ length: 20 }, (_, index) =>
      sample((index + 1) * step_ms, 100 + (index + 1) * step_ms * share, 60),
    );
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 30, max: 90 }),
      (share, step_ms) => {
        fc.pre(Math.abs(share - 0.5) > 0.001);
        const judged = judgeSample(run(steady(share, step_ms), windowed), 20 * step_ms);
        return (judged.kind === 'kill') === share > 0.5;
      },
    ),
  );
  const suspended = [sample(100, 110, 60), sample(60_100, 9_000, 60)];
  t.match(
    judgeSample(run(suspended, { ...windowed, grantedAt_ms: 60_000 }), 60_100),
    { kind: 'within' },
    'a gap voids the rate',
  );
  t.match(
    judgeSample(run([sample(100, 200, 60)], windowed), 100),
    { kind: 'within' },
    'a short burst is no window',
  );
});

t.test(
  'the next sample comes sooner the less headroom is left, within 1 and 100 ms and a twentieth of a CPU window',
  async (t) => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        fc.double({ min: -1e6, max: 1e9, noNaN: true }),
        fc.oneof(fc.integer({ min: 100, max: 3_600_000 }), fc.constant(Number.POSITIVE_INFINITY)),
        (headroom, deadline, window) => {
          const next = nextSample_ms(headroom, deadline, window);
          return next >= 1 && next <= 100 && next <= Math.max(1, window / 20);
        },
      ),
    );
    const none = Number.POSITIVE_INFINITY;
    t.equal(nextSample_ms(200 * mib, 30_000, none), 100);
    t.equal(nextSample_ms(20e6, 30_000, none), 10);
    t.equal(nextSample_ms(0, 30_000, none), 1);
    t.equal(nextSample_ms(200 * mib, 12, none), 12);
    t.equal(nextSample_ms(200 * mib, 30_000, 500), 25, 'a short CPU window is looked at more often');
    t.equal(nextSample_ms(200 * mib, 30_000, 5_000), 100);
  },
);

t.test(
  'reads are judged with room for what the worker reads besides, and told by their budget',
  async (t) => {
    const judged = (read_mb: number): unknown =>
      judgeSample(run([sample(5, 101, 60)], { read_bytes: read_mb * mib }), 5);
    t.match(judged(budget.read_mb + 64), { kind: 'within' });
    t.match(judged(budget.read_mb + 65), { kind: 'kill', reason: 'read_mb', limit: 512, measured: 577 });
    t.match(judgeSample(run([sample(5, 101, 60)], { read_bytes: undefined }), 5), { kind: 'within' });
  },
);

t.test('every kill tells a measurement beyond its limit, and memory is told first', async (t) => {
  const amount = fc.double({ min: 0, max: 3, noNaN: true });
  fc.assert(
    fc.property(amount, amount, amount, amount, (cpu, memory, read, wall) => {
      const at_ms = wall * budget.wall_ms;
      const last = sample(at_ms, 100 + cpu * budget.cpu_ms, 60 + memory * budget.memory_mb);
      const read_bytes = read * budget.read_mb * mib;
      const judged = judgeSample(run([last], { read_bytes }), at_ms);
      if (judged.kind === 'within') return cpu < 1.2 && memory <= 1.001 && read < 1.2 && wall < 1.2;
      if (memory > 1.001 && judged.reason !== 'memory_mb') return false;
      return judged.measured > judged.limit;
    }),
  );
  t.pass();
});

t.test('the guard waits a little longer than the engine, never long', async (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (budget_ms) => {
      const grace_ms = graceOf_ms(budget_ms);
      return grace_ms >= 250 && grace_ms <= 2_000;
    }),
  );
  t.equal(graceOf_ms(10_000), 1_000);
});
