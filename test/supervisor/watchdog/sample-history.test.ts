import fc from 'fast-check';
import t from 'tap';
import type { EvidencePoint } from '../../../protocol/evidence.ts';
import { olderPoints, recentPoints, SampleHistory } from '../../../supervisor/watchdog/sample-history.ts';

/** Samples whose distances are those of a real run: a millisecond near a limit, 100 ms far from it, a suspend. */
const runs = fc
  .array(fc.record({ step_ms: fc.double({ min: 0.2, max: 100, noNaN: true }), suspend: fc.nat(400) }), {
    minLength: 1,
    maxLength: 2_000,
  })
  .map((steps) => {
    let at_ms = 0;
    return steps.map(({ step_ms, suspend }, index): EvidencePoint => {
      at_ms += suspend === 0 ? 60_000 : step_ms;
      return {
        at_ms,
        cpu_ms: index * 10,
        growth_bytes: index * 4096,
        read_bytes: index % 3 === 0 ? null : index,
      };
    });
  });

const remembered = (samples: readonly EvidencePoint[]): readonly EvidencePoint[] => {
  const history = new SampleHistory();
  for (const { at_ms, cpu_ms, growth_bytes, read_bytes } of samples) {
    history.add(at_ms, cpu_ms, growth_bytes, read_bytes ?? Number.NaN);
  }
  return history.points();
};

t.test(
  'a run of any length keeps its first sample, its last ones, and a bounded number of others',
  async (t) => {
    fc.assert(
      fc.property(runs, (samples) => {
        const points = remembered(samples);
        const known = new Map(samples.map((sample) => [sample.at_ms, sample]));
        t.ok(points.length <= olderPoints + recentPoints);
        t.strictSame(points[0], samples[0], 'the first');
        const last = Math.min(recentPoints, samples.length);
        t.strictSame(points.slice(-last), samples.slice(-last), 'the last');
        for (const point of points) t.strictSame(point, known.get(point.at_ms), 'nothing is invented');
        for (const [index, point] of points.entries()) {
          if (index > 0) t.ok(point.at_ms > (points[index - 1]?.at_ms ?? 0), 'in order');
        }
      }),
      { numRuns: 60 },
    );
  },
);

t.test('thinning leaves no hole: every sample follows a kept one by a small part of the run', async (t) => {
  fc.assert(
    fc.property(runs, (samples) => {
      const points = remembered(samples);
      const span_ms = (samples.at(-1)?.at_ms ?? 0) - (samples[0]?.at_ms ?? 0);
      // Twice the spacing, and the spacing is at most twice what the older points would need side by side.
      const hole_ms = Math.max(2, (4 * span_ms) / (olderPoints - 1));
      let kept = 0;
      for (const { at_ms } of samples) {
        while ((points[kept + 1]?.at_ms ?? Number.POSITIVE_INFINITY) <= at_ms) kept += 1;
        if (at_ms - (points[kept]?.at_ms ?? 0) > hole_ms) return false;
      }
      return true;
    }),
    { numRuns: 200 },
  );
  t.pass();
});

t.test('a short run is kept whole', async (t) => {
  const samples = Array.from({ length: olderPoints + recentPoints }, (_, index): EvidencePoint => {
    return { at_ms: index * 1.5, cpu_ms: index, growth_bytes: 0, read_bytes: 0 };
  });
  t.strictSame(remembered(samples), samples);
});

t.test('a second sample of the same moment replaces the first', async (t) => {
  const point = (at_ms: number, cpu_ms: number): EvidencePoint => ({
    at_ms,
    cpu_ms,
    growth_bytes: 0,
    read_bytes: 0,
  });
  t.strictSame(remembered([point(0, 0), point(1, 1), point(1, 2)]), [point(0, 0), point(1, 2)]);
});

t.test('a long even run keeps as many points as there is room for, or half of them', async (t) => {
  for (const samples of [150, 1_000, 10_000, 123_456]) {
    const history = new SampleHistory();
    for (let index = 0; index < samples; index += 1) history.add(index * 10, index, index, index);
    const points = history.points();
    const older = points.length - recentPoints;
    t.ok(older >= olderPoints / 2 && older <= olderPoints, `${older} of ${samples}`);
    const gaps_ms = points.slice(1, older).map(({ at_ms }, index) => at_ms - (points[index]?.at_ms ?? 0));
    t.ok(Math.max(...gaps_ms) < 2 * Math.min(...gaps_ms), 'at much the same distance');
  }
});
