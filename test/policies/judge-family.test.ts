import fc from 'fast-check';
import t from 'tap';
import { type FamilyObservation, judgeFamily } from '../../policies/judge-family.ts';
import { nextFamilySample_ms } from '../../policies/next-family-sample.ts';
import { usualExtensionBudget } from '../../protocol/extension/budget.ts';
import type { FamilySample } from '../../protocol/family-sample.ts';

const budget = usualExtensionBudget;
const mib = 2 ** 20;
const sample = (at_ms: number, more: Partial<FamilySample> = {}): FamilySample => ({
  at_ms,
  cpu_ms: 0,
  private_bytes: 40 * mib,
  processes: 1,
  descriptors: 12,
  ...more,
});
const seen = (
  samples: readonly FamilySample[],
  more: Partial<FamilyObservation> = {},
): FamilyObservation => ({
  budget,
  baseline: sample(0),
  samples,
  ...more,
});
/** Samples a second apart, each of which used this share of a core. */
const busy = (seconds: number, share: number): FamilySample[] =>
  Array.from({ length: seconds + 1 }, (_, second) =>
    sample(second * 1_000, { cpu_ms: second * 1_000 * share }),
  );

t.test(
  'memory, processes and descriptors are absolute: over the limit is over, at the limit is within',
  async (t) => {
    const amount = fc.nat({ max: 2_000 });
    fc.assert(
      fc.property(amount, amount, amount, (private_mb, processes, descriptors) => {
        const judged = judgeFamily(
          seen([sample(1, { private_bytes: private_mb * mib, processes, descriptors })]),
        );
        const over =
          private_mb > budget.memory_mb || processes > budget.processes || descriptors > budget.descriptors;
        return (judged.kind === 'kill') === over;
      }),
    );
    t.match(judgeFamily(seen([sample(1, { private_bytes: 501 * mib })])), {
      kind: 'kill',
      reason: 'memory_mb',
      limit: 500,
      measured: 501,
    });
    t.match(judgeFamily(seen([sample(1, { processes: 65 })])), {
      reason: 'processes',
      limit: 64,
      measured: 65,
    });
    t.match(judgeFamily(seen([sample(1, { descriptors: 513 })])), { reason: 'descriptors', measured: 513 });
    t.match(
      judgeFamily(seen([sample(1, { processes: 65, private_bytes: 501 * mib })])),
      { reason: 'processes' },
      'a fork bomb is one, whatever memory it takes',
    );
    t.match(judgeFamily(seen([])), { kind: 'within' });
  },
);

t.test('a share of a core counts over a whole window, and only over one', async (t) => {
  t.match(judgeFamily(seen(busy(60, 0.81))), { kind: 'kill', reason: 'cpu_percent', limit: 80 });
  t.match(judgeFamily(seen(busy(60, 0.8))), { kind: 'within' }, 'at the limit');
  t.match(judgeFamily(seen(busy(59, 4))), { kind: 'within' }, 'a window that is not full');
  const bursts = busy(30, 1.5).concat(
    busy(40, 0).map((each) => sample(each.at_ms + 31_000, { cpu_ms: 45_000 })),
  );
  t.match(judgeFamily(seen(bursts)), { kind: 'within' }, 'a burst that the rest of the window evens out');
});

t.test('a gap voids the share, and nothing else', async (t) => {
  const gap = busy(60, 5).map((each, second) =>
    second < 30 ? each : { ...each, at_ms: each.at_ms + 11_000 },
  );
  t.match(judgeFamily(seen(gap)), { kind: 'within' });
  const grown = sample(80_000, { private_bytes: 600 * mib });
  t.match(judgeFamily(seen([...gap, grown])), { reason: 'memory_mb' });
});

t.test("osquery's rules come on top, after their delay", async (t) => {
  const rule = { growth_mb: 200, cpu_percent: 20, cpu_window_ms: 12_000, from_ms: 60_000 };
  const grown = (at_ms: number): FamilySample => sample(at_ms, { private_bytes: 241 * mib });
  t.match(judgeFamily(seen([grown(59_999)], { rule })), { kind: 'within' });
  t.match(judgeFamily(seen([grown(60_000)], { rule })), {
    kind: 'kill',
    reason: 'memory_mb',
    limit: 200,
    measured: 201,
  });
  const late = busy(12, 0.3).map((each) => ({ ...each, at_ms: each.at_ms + 60_000 }));
  t.match(judgeFamily(seen(late, { rule })), { reason: 'cpu_percent', limit: 20 });
  t.match(judgeFamily(seen(late)), { kind: 'within' }, 'without the flag there is no such rule');
});

t.test('the next look comes before what grows would be there at twice the speed', async (t) => {
  const amount = fc.nat({ max: 600 });
  fc.assert(
    fc.property(amount, amount, fc.integer({ min: 1, max: 1_000 }), (former_mb, last_mb, elapsed_ms) => {
      const former = sample(0, { private_bytes: former_mb * mib });
      const last = sample(elapsed_ms, { private_bytes: last_mb * mib });
      const next_ms = nextFamilySample_ms(former, last, budget);
      if (next_ms < 100 || next_ms > 1_000) return false;
      const growth_mb_ms = (2 * (last_mb - former_mb)) / elapsed_ms;
      return (
        next_ms === 100 || growth_mb_ms <= 0 || last_mb + growth_mb_ms * next_ms <= budget.memory_mb + 1e-6
      );
    }),
  );
  t.equal(nextFamilySample_ms(undefined, sample(0), budget), 100, 'soon after the start');
  t.equal(nextFamilySample_ms(sample(0), sample(1_000), budget), 1_000, 'one that stands still');
  t.equal(nextFamilySample_ms(sample(0), sample(1_020), budget), 980, 'when the next second begins');
  t.equal(nextFamilySample_ms(sample(0), sample(1_990), budget), 100, 'or soon after');
  t.equal(nextFamilySample_ms(sample(0), sample(1_000, { processes: 40 }), budget), 307.69230769230774);
  t.equal(nextFamilySample_ms(sample(0), sample(1_000, { descriptors: 500 }), budget), 100);
});
