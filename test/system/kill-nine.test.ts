import t from 'tap';
import { seededRandom } from '../../platform/seeded-random.ts';
import { isWhole, killLoop } from './kill-nine.ts';

t.test('kill -9 at random moments loses and repeats no line and leaves no worker', async (t) => {
  const random = seededRandom(9);
  const report = await killLoop(5, () => random.fraction());
  t.ok(isWhole(report), JSON.stringify(report));
  t.ok(report.lines > 10, `${report.lines} lines`);
  t.equal(report.orphans, 0);
});
