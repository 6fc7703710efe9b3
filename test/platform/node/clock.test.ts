import t from 'tap';
import { nodeClock } from '../../../platform/node/clock.ts';
import { nodeRandom } from '../../../platform/node/random.ts';

t.test('a timer fires once, unless it was cancelled', async (t) => {
  const fired: string[] = [];
  const never = nodeClock.after(1, () => fired.push('cancelled'));
  never.cancel();
  never.cancel();
  const before_ms = nodeClock.monotonicMs();
  await new Promise<void>((resolve) => {
    nodeClock.after(3, () => {
      fired.push('due');
      resolve();
    });
  });
  t.same(fired, ['due']);
  t.ok(nodeClock.monotonicMs() - before_ms >= 2, 'and not at once');
  await new Promise<void>((resolve) => nodeClock.soon(resolve));
});

t.test('a timer longer than Node can count is set in legs', async (t) => {
  const month_ms = 30 * 86_400_000;
  const legs: { delay_ms: number; fire: () => void }[] = [];
  const kept = globalThis.setTimeout;
  t.teardown(() => {
    globalThis.setTimeout = kept;
  });
  const recorded = (fire: () => void, delay_ms: number): NodeJS.Timeout => {
    legs.push({ delay_ms, fire });
    return kept(() => undefined, 0);
  };
  globalThis.setTimeout = recorded as typeof setTimeout;
  let fired = 0;
  nodeClock.after(month_ms, () => {
    fired += 1;
  });
  t.equal(legs.length, 1);
  legs[0]?.fire();
  t.equal(fired, 0);
  legs[1]?.fire();
  t.equal(fired, 1);
  t.equal(
    legs.reduce((sum, { delay_ms }) => sum + delay_ms, 0),
    month_ms,
  );
  t.ok(legs.every(({ delay_ms }) => delay_ms < 2 ** 31));
});

t.test('randomness is a fraction, and an identifier is new each time', async (t) => {
  const fractions = Array.from({ length: 1000 }, () => nodeRandom.fraction());
  t.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
  t.equal(new Set(Array.from({ length: 1000 }, () => nodeRandom.id())).size, 1000);
});
