import fc from 'fast-check';
import t from 'tap';
import { judgeDeath } from '../../policies/death.ts';
import { mustRecycle } from '../../policies/recycle.ts';
import { extensionBackoff_ms, queryBackoff_ms, startBackoff_ms } from '../../policies/restart-backoff.ts';
import { isStrike as isStrikeOn, type StrikeFacts, strikeGround } from '../../policies/strike.ts';
import type { VerdictReason } from '../../protocol/verdict.ts';

const isStrike = (facts: StrikeFacts): boolean => isStrikeOn(strikeGround(facts));

const calm = { subject: 'query', cpuSome_percent: 1, ioSome_percent: 0, formerWallStops: 0 } as const;

t.test('what cost the host its budget is a strike; what had too much to say is not', async (t) => {
  for (const reason of [
    'cpu_ms',
    'cpu_percent',
    'memory_mb',
    'read_mb',
    'paths',
    'js_heap_exhausted',
    'cgroup_oom',
  ] as const) {
    t.equal(isStrike({ ...calm, reason }), true, reason);
  }
  for (const reason of ['rows', 'result_mb'] as const) t.equal(isStrike({ ...calm, reason }), false, reason);
});

t.test('running out of time is a strike on a calm host, or the third time in a row', async (t) => {
  const wall = { ...calm, reason: 'wall_ms' } as const;
  t.equal(isStrike(wall), true);
  t.equal(isStrike({ ...wall, cpuSome_percent: 20 }), false);
  t.equal(isStrike({ ...wall, ioSome_percent: 55 }), false);
  t.equal(isStrike({ ...wall, ioSome_percent: 55, formerWallStops: 1 }), false);
  t.equal(isStrike({ ...wall, ioSome_percent: 55, formerWallStops: 2 }), true);
  t.equal(isStrike({ ...wall, cpuSome_percent: undefined, ioSome_percent: undefined }), true);
});

t.test('an extension that hangs is forgiven once, on a busy host twice', async (t) => {
  const hang = { ...calm, reason: 'wall_ms', subject: 'extension' } as const;
  const grounds = [0, 1, 2].map((formerWallStops) => strikeGround({ ...hang, formerWallStops }));
  t.strictSame(grounds, ['hung_once', 'hung_again', 'hung_again']);
  const busy = [0, 1, 2].map((formerWallStops) =>
    strikeGround({ ...hang, cpuSome_percent: 20, formerWallStops }),
  );
  t.strictSame(busy, ['hung_once', 'slow_on_busy_host', 'slow_in_a_row']);
  t.strictSame([...grounds, ...busy].map(isStrikeOn), [false, true, true, false, false, true]);
  t.equal(strikeGround({ ...hang, reason: 'memory_mb' }), 'whole_budget', 'what it takes counts at once');
});

t.test('only an exhausted heap and a cgroup kill are held against the query', async (t) => {
  const fatal = '\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n';
  const death = { signal: 'SIGABRT', code: null, stderrTail: fatal, cgroupOomKills: 0 };
  t.equal(judgeDeath(death), 'js_heap_exhausted');
  t.equal(judgeDeath({ ...death, stderrTail: 'Assertion failed' }), 'crash');
  t.equal(judgeDeath({ ...death, signal: 'SIGKILL' }), 'crash', "an operator's kill");
  t.equal(judgeDeath({ ...death, signal: 'SIGKILL', cgroupOomKills: 1 }), 'cgroup_oom');
  t.equal(judgeDeath({ ...death, signal: 'SIGSEGV' }), 'crash');
});

const reasons: readonly VerdictReason[] = [
  'cpu_ms',
  'cpu_percent',
  'throttle_percent',
  'memory_mb',
  'wall_ms',
  'rows',
  'result_mb',
  'read_mb',
  'paths',
  'js_heap_exhausted',
  'cgroup_oom',
  'unkillable',
];
const percent = fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined });
const facts: fc.Arbitrary<StrikeFacts> = fc.record({
  reason: fc.constantFrom(...reasons),
  subject: fc.constantFrom('query', 'extension'),
  cpuSome_percent: percent,
  ioSome_percent: percent,
  formerWallStops: fc.nat({ max: 10 }),
});

t.test('a busier host and fewer stops before never make a strike of what was none', async () => {
  fc.assert(
    fc.property(facts, fc.double({ min: 0, max: 100, noNaN: true }), (told, more) => {
      const busier = {
        ...told,
        cpuSome_percent: Math.max(told.cpuSome_percent ?? 0, more),
        formerWallStops: Math.max(0, told.formerWallStops - 1),
      };
      return isStrike(told) || !isStrike(busier);
    }),
  );
});

t.test('the host and the stops before count for running time alone', async () => {
  fc.assert(
    fc.property(facts, facts, (one, other) => {
      const { reason } = one;
      return reason === 'wall_ms' || isStrike(one) === isStrike({ ...other, reason });
    }),
  );
});

t.test("no death is held against the query without V8's word or the kernel's", async () => {
  const signals = ['SIGKILL', 'SIGABRT', 'SIGTRAP', 'SIGSEGV', 'SIGTERM', null];
  fc.assert(
    fc.property(
      fc.constantFrom(...signals),
      fc.option(fc.nat({ max: 255 }), { nil: null }),
      fc.string(),
      (signal, code, stderrTail) =>
        /heap/.test(stderrTail) || judgeDeath({ signal, code, stderrTail, cgroupOomKills: 0 }) === 'crash',
    ),
  );
});

t.test('a worker that kept more is never kept where one that kept less is not', async () => {
  const bytes = fc.integer({ min: -(2 ** 30), max: 2 ** 34 });
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      return !mustRecycle({ retained_bytes: less }) || mustRecycle({ retained_bytes: more });
    }),
  );
});

for (const [what, backoff_ms, first_ms, longest_ms] of [
  ['starts that fail', startBackoff_ms, 100, 30_000],
  ['a query whose worker died', queryBackoff_ms, 1_000, 600_000],
  ['an extension that ends early', extensionBackoff_ms, 1_000, 600_000],
] as const) {
  t.test(`the back-off of ${what} doubles up to its bound, give or take a fifth`, async (t) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (times, fraction) => {
          const wait_ms = backoff_ms(times, fraction);
          const plain_ms = Math.min(longest_ms, first_ms * 2 ** (times - 1));
          return wait_ms >= plain_ms * 0.8 && wait_ms <= plain_ms * 1.2;
        },
      ),
    );
    t.equal(backoff_ms(1, 0.5), first_ms);
    t.equal(backoff_ms(4, 0.5), 8 * first_ms);
    t.equal(backoff_ms(5_000, 0.5), longest_ms);
    t.not(backoff_ms(3, 0), backoff_ms(3, 0.9), 'hosts do not beat together');
  });
}

t.test('a worker that kept more than 32 MB runs no further query', async (t) => {
  t.equal(mustRecycle({ retained_bytes: 32 * 2 ** 20 }), false);
  t.equal(mustRecycle({ retained_bytes: 32 * 2 ** 20 + 1 }), true);
});

t.test('a bound that an operator sets holds, but for a loop without a wait', async (t) => {
  for (const backoff_ms of [startBackoff_ms, queryBackoff_ms, extensionBackoff_ms]) {
    t.equal(backoff_ms(50, 0.5, 5_000), 5_000);
    t.equal(backoff_ms(50, 0.5, 0), 1_000);
    t.equal(backoff_ms(50, 0.5, 1e12), backoff_ms(50, 0.5), 'and never lengthens a wait');
  }
});
