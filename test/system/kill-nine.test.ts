import t from 'tap';
import { seededRandom } from '../../platform/seeded-random.ts';
import { killLoop } from './kill-nine.ts';

t.test('kill -9 at random moments loses and repeats no line and leaves no worker', async (t) => {
  const random = seededRandom(9);
  const report = await killLoop(5, () => random.fraction());
  t.strictSame(
    report.counters,
    report.counters.map((_, index) => index),
    'every counter once, in order',
  );
  t.equal(report.counters.length, report.committed + 1, 'the log holds what the store committed');
  t.equal(report.orphans, 0);
});
