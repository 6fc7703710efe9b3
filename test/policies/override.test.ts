import fc from 'fast-check';
import t from 'tap';
import { overrideAt } from '../../policies/override.ts';
import type { LimitOverride } from '../../protocol/limit-override.ts';

const since_unix_ms = 1_700_000_000_000;
const override = (length_ms: number): LimitOverride => ({
  overrideId: 'o1',
  queryId: 'q',
  limits: { cpu_ms: 20_000 },
  former: { cpu_ms: 10_000 },
  uid: 0,
  since_unix_ms,
  until_unix_ms: since_unix_ms + length_ms,
  ended_unix_ms: undefined,
  end: undefined,
});
// Short ones, too, so that the very end is met.
const length = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 7 * 86_400_000 }));
const jump = fc.integer({ min: -30 * 86_400_000, max: 30 * 86_400_000 });

t.test('an override is over when its length has passed, not before', async () => {
  fc.assert(
    fc.property(
      length,
      fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 8 * 86_400_000 })),
      (length_ms, passed_ms) => {
        const now = overrideAt(override(length_ms), since_unix_ms + passed_ms);
        return (now === undefined) === passed_ms >= length_ms;
      },
    ),
  );
});

t.test('whatever the wall clock does, it is never further from its end than its length', async () => {
  fc.assert(
    fc.property(length, fc.array(jump, { maxLength: 8 }), (length_ms, jumps) => {
      let [now_unix_ms, current]: [number, LimitOverride | undefined] = [since_unix_ms, override(length_ms)];
      for (const by_ms of jumps) {
        now_unix_ms += by_ms;
        current = current === undefined ? undefined : overrideAt(current, now_unix_ms);
        if (current !== undefined && current.until_unix_ms - now_unix_ms > length_ms) return false;
      }
      return true;
    }),
  );
});
