import fc from 'fast-check';
import t from 'tap';
import { budgetNames, budgetOfLevel } from '../../../protocol/budget.ts';
import { Flags } from '../../../supervisor/config/flags.ts';
import { type WatchdogSettings, watchdogSettings } from '../../../supervisor/config/watchdog-flags.ts';

const settings = (values: Readonly<Record<string, string | number>>, cores = 4): WatchdogSettings => {
  let flags = new Flags();
  for (const [name, value] of Object.entries(values)) {
    const set = flags.with(name, String(value), 'command line');
    if (!set.ok) throw new Error(set.error.message);
    flags = set.value;
  }
  return watchdogSettings(flags, cores);
};

t.test('without flags the limits are those of the level, from the first sample', async (t) => {
  t.strictSame(settings({}), {
    budget: budgetOfLevel['0'],
    limits: {},
    enabled: true,
    cpuRuleDelay_ms: 0,
    longestBackoff_ms: undefined,
    extensionRule: undefined,
    notices: [],
  });
  t.strictSame(settings({ watchdog_level: 3 }).budget, budgetOfLevel['1']);
  t.strictSame(settings({ watchdog_level: -7 }).budget, budgetOfLevel['-1']);
});

t.test('0 leaves a limit to the level, as in osquery', async (t) => {
  const zero = { watchdog_memory_limit: 0, watchdog_utilization_limit: 0, watchdog_latency_limit: 0 };
  t.strictSame(settings(zero).limits, {});
});

t.test('percent of all cores become percent of one core, seconds a whole number of checks', async (t) => {
  t.strictSame(settings({ watchdog_utilization_limit: 25 }).limits, {
    cpu_percent: 100,
    cpu_window_ms: 12_000,
  });
  t.strictSame(settings({ watchdog_utilization_limit: 25, watchdog_latency_limit: 7 }, 1).limits, {
    cpu_percent: 25,
    cpu_window_ms: 9_000,
  });
  t.strictSame(
    settings({ watchdog_latency_limit: 30, watchdog_level: 1 }, 2).limits,
    { cpu_percent: 10, cpu_window_ms: 30_000 },
    "the level's own 5 percent",
  );
  t.strictSame(settings({ watchdog_utilization_limit: 5, watchdog_level: 1 }, 2).limits.cpu_window_ms, 6_000);
  t.strictSame(settings({ watchdog_utilization_limit: 900 }, 2).limits.cpu_percent, 200, 'capped at 100');
  t.strictSame(settings({ watchdog_memory_limit: 350 }).limits, { memory_mb: 350 });
});

t.test(
  'whatever the values, each limit is a finite number above 0 and no larger than what it means',
  async (t) => {
    const value = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
    fc.assert(
      fc.property(
        value,
        value,
        value,
        fc.integer({ min: -3, max: 3 }),
        fc.integer({ min: 1, max: 512 }),
        (...drawn) => {
          const [memory, percent, latency, level, cores] = drawn;
          const flags = {
            watchdog_memory_limit: memory,
            watchdog_utilization_limit: percent,
            watchdog_latency_limit: latency,
          };
          const { limits } = settings({ ...flags, watchdog_level: level }, cores);
          const named = Object.values(limits);
          if (!named.every((limit) => Number.isFinite(limit) && Number(limit) > 0)) return false;
          if ((limits.memory_mb === undefined) !== (memory === '0')) return false;
          if ((limits.cpu_percent === undefined) !== (percent === '0' && latency === '0')) return false;
          return (limits.cpu_percent ?? 0) <= 100 * cores && (limits.cpu_window_ms ?? 0) % 3_000 === 0;
        },
      ),
    );
    t.pass('fast-check found no counterexample');
  },
);

t.test('more of a flag is never a tighter limit', async (t) => {
  const pair = fc.tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 5_000 }));
  fc.assert(
    fc.property(pair, fc.integer({ min: 1, max: 64 }), ([one, other], cores) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)].map(
        (value) =>
          settings(
            {
              watchdog_memory_limit: value,
              watchdog_utilization_limit: value,
              watchdog_latency_limit: value,
            },
            cores,
          ).limits,
      );
      return budgetNames.every((name) => (less?.[name] ?? 0) <= (more?.[name] ?? 0));
    }),
  );
  t.pass('fast-check found no counterexample');
});

t.test('the delays act only when somebody sets them', async (t) => {
  t.equal(settings({ watchdog_delay: 60 }).cpuRuleDelay_ms, 60_000, "also at osquery's default");
  t.equal(settings({ watchdog_delay: 0 }).cpuRuleDelay_ms, 0);
  t.equal(settings({ watchdog_max_delay: 20 }).longestBackoff_ms, 20_000);
});

t.test('disable_watchdog: wide time and memory, the rest as it is, and a loud word', async (t) => {
  const off = settings({ disable_watchdog: 'true', watchdog_level: 1 });
  const { wall_ms, cpu_ms, memory_mb } = budgetOfLevel['-1'];
  t.equal(off.enabled, false);
  t.strictSame(off.budget, { ...budgetOfLevel['1'], wall_ms, cpu_ms, memory_mb });
  t.match(off.notices, [/THE WATCHDOG IS OFF/]);
});

t.test("enable_extensions_watchdog holds extensions to osquery's rules, after the same delay", async (t) => {
  t.equal(settings({}).extensionRule, undefined);
  t.strictSame(settings({ enable_extensions_watchdog: 'true' }).extensionRule, {
    growth_mb: 200,
    cpu_percent: 40,
    cpu_window_ms: 12_000,
    delay_ms: 60_000,
  });
  const set = { enable_extensions_watchdog: 'true', watchdog_memory_limit: 50, watchdog_delay: 5 };
  t.match(settings({ ...set, watchdog_level: 1 }).extensionRule, {
    growth_mb: 50,
    cpu_percent: 20,
    cpu_window_ms: 6_000,
    delay_ms: 5_000,
  });
});
