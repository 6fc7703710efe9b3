import t from 'tap';
import { nodeRandom } from '../../../platform/node/random.ts';
import type { Random } from '../../../platform/random.ts';
import { seededRandom } from '../../../platform/seeded-random.ts';

const subjects: Readonly<Record<string, () => Random>> = {
  'a seed': () => seededRandom(4711),
  'the machine': () => nodeRandom,
};

for (const [name, make] of Object.entries(subjects)) {
  t.test(`randomness of ${name} is uniform in [0, 1), and its identifiers are new each time`, async (t) => {
    const random = make();
    const count = 20_000;
    const buckets = new Array<number>(10).fill(0);
    for (let drawn = 0; drawn < count; drawn += 1) {
      const fraction = random.fraction();
      if (fraction < 0 || fraction >= 1) t.fail(`${fraction} is out of range`);
      const bucket = Math.floor(fraction * buckets.length);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    // Ten standard deviations: a fair source comes here once in more tries than there will ever be.
    const spread = 10 * Math.sqrt(count / buckets.length);
    for (const bucket of buckets) t.ok(Math.abs(bucket - count / buckets.length) < spread, `${bucket}`);
    t.equal(new Set(Array.from({ length: 1_000 }, () => random.id())).size, 1_000);
  });
}

t.test('the same seed gives the same run, another seed another one', async (t) => {
  const run = (seed: number): readonly number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 100 }, () => random.fraction());
  };
  t.strictSame(run(1), run(1));
  t.strictNotSame(run(1), run(2));
});
