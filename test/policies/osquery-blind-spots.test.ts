import fc from 'fast-check';
import t from 'tap';
import { judgeSample } from '../../policies/judge-sample.ts';
import type { Judgement } from '../../policies/judgement.ts';
import { type Budget, budgetOfLevel } from '../../protocol/budget.ts';
import type { Sample } from '../../protocol/sample.ts';
import { Flags } from '../../supervisor/config/flags.ts';
import { watchdogSettings } from '../../supervisor/config/watchdog-flags.ts';
import { levelLimits, overlaid } from '../../supervisor/limits/effective.ts';
import { firstStop, osqueryNormal, type WorkerUsage } from '../offenders/osquery-rule.ts';

const look_ms = 100;

interface Stop {
  readonly at_ms: number;
  readonly judgement: Extract<Judgement, { kind: 'kill' }>;
}

/** Judges one run, from its lease at `from_ms` on, as the watch does: every 100 ms over what the window needs. */
const leashStops = (
  usage: WorkerUsage,
  budget: Budget,
  { from_ms, until_ms }: { readonly from_ms: number; readonly until_ms: number },
): Stop | undefined => {
  const sampleAt = (at_ms: number): Sample => {
    const { cpu_ms, rss_mb } = usage(at_ms);
    return { pid: 1, startTicks: 1, at_ms, cpu_ms, private_bytes: rss_mb * 2 ** 20 };
  };
  const baseline = sampleAt(from_ms);
  const samples = [baseline];
  for (let at_ms = from_ms + look_ms; at_ms <= until_ms; at_ms += look_ms) {
    samples.push(sampleAt(at_ms));
    const judgement = judgeSample(
      { budget, baseline, samples, read_bytes: 0, grantedAt_ms: from_ms, blocked_ms: 0, late_ms: 0 },
      at_ms,
    );
    if (judgement.kind === 'kill') return { at_ms, judgement };
  }
  return undefined;
};

const normal = budgetOfLevel['0'];
/** Budgets under osquery's own flags, without Leash's limits for CPU time and time: the rule alone. */
const ruleAlone = (percent: number, latency_s: number, cores: number): Budget => {
  let flags = new Flags();
  for (const [name, value] of [
    ['watchdog_utilization_limit', percent],
    ['watchdog_latency_limit', latency_s],
  ] as const) {
    const set = flags.with(name, String(value), 'command line');
    if (!set.ok) throw new Error(set.error.message);
    flags = set.value;
  }
  const { limits } = watchdogSettings(flags, cores);
  return overlaid(levelLimits({ ...normal, cpu_ms: 1e12, wall_ms: 1e12 }), 'flag', limits).budget;
};

t.test('ten cores or more and one busy thread', async (t) => {
  const oneThread: WorkerUsage = (at_ms) => ({ cpu_ms: at_ms, rss_mb: 60 });
  const until_ms = 600_000;
  const stopsOn = (cores: number) => firstStop(oneThread, osqueryNormal(cores), until_ms);
  t.match(stopsOn(9), { reason: 'cpu' });
  for (const cores of [10, 16, 64]) t.equal(stopsOn(cores), undefined, `osquery on ${cores} cores is blind`);
  const stop = leashStops(oneThread, normal, { from_ms: 0, until_ms });
  t.match(stop, { judgement: { reason: 'cpu_ms', limit: 10_000 } }, 'CPU time knows no cores');
  t.ok(stop !== undefined && stop.at_ms <= 11_100, `${stop?.at_ms} ms`);
  const flagged = leashStops(oneThread, ruleAlone(10, 12, 10), { from_ms: 0, until_ms });
  t.equal(flagged, undefined, "osquery's flags alone are as blind here as there: they keep their meaning");
  t.match(leashStops(oneThread, ruleAlone(5, 12, 16), { from_ms: 0, until_ms }), {
    judgement: { reason: 'cpu_percent', limit: 80 },
  });
});

t.test('the first sixty seconds', async (t) => {
  const hog: WorkerUsage = (at_ms) => ({
    cpu_ms: at_ms * 0.5,
    rss_mb: 60 + Math.max(0, at_ms - 10_000) / 20,
  });
  const until_ms = 59_999;
  t.equal(firstStop(hog, osqueryNormal(4), until_ms), undefined, 'osquery waits a minute');
  t.ok(hog(until_ms).rss_mb > 2_500, 'by then it has taken 2.5 GB');
  const stop = leashStops(hog, normal, { from_ms: 10_000, until_ms });
  t.match(stop, { judgement: { reason: 'memory_mb', limit: 200 } });
  t.ok(stop !== undefined && stop.at_ms <= 14_200, 'within a sample of the crossing');
});

t.test('memory of the previous query', async (t) => {
  // One keeps 150 MB, which is in order; the next adds 60.
  const first_until_ms = 90_000;
  const inherited: WorkerUsage = (at_ms) => ({
    cpu_ms: at_ms * 0.01,
    rss_mb: 60 + (at_ms > 70_000 ? 150 : 0) + (at_ms > first_until_ms ? 60 : 0),
  });
  const blamed = firstStop(inherited, osqueryNormal(4), 120_000);
  t.match(blamed, { reason: 'memory' });
  t.ok(blamed !== undefined && blamed.at_ms > first_until_ms, 'osquery stops it while the second one runs');
  const span = { from_ms: first_until_ms - 100, until_ms: 110_000 };
  t.equal(leashStops(inherited, normal, span), undefined, 'growth counts from where the query began');
  const own: WorkerUsage = (at_ms) => ({
    ...inherited(at_ms),
    rss_mb: inherited(at_ms).rss_mb + (at_ms - span.from_ms) / 50,
  });
  t.match(
    leashStops(own, normal, span),
    { judgement: { reason: 'memory_mb' } },
    'and its own growth does count',
  );
});

t.test('bursts that reset the counter', async (t) => {
  // Nine seconds at full speed, three idle ones: three checks over the limit, then one below it.
  const bursts: WorkerUsage = (at_ms) => ({
    cpu_ms: Math.floor(at_ms / 12_000) * 9_000 + Math.min(9_000, at_ms % 12_000),
    rss_mb: 60,
  });
  t.equal(firstStop(bursts, osqueryNormal(4), 600_000), undefined, 'osquery counts to three for ever');
  const span = { from_ms: 0, until_ms: 600_000 };
  t.match(leashStops(bursts, normal, span), { judgement: { reason: 'cpu_ms' } }, 'CPU time adds up');
  t.match(
    leashStops(bursts, ruleAlone(10, 12, 4), span),
    { judgement: { reason: 'cpu_percent' } },
    'and so does a window',
  );
});

t.test('under the same flags: what osquery stops within one query, Leash has stopped no later', async (t) => {
  // CPU of each half second of one query, in percent of one core.
  const trace = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 12, maxLength: 120 });
  let stopped = 0;
  fc.assert(
    fc.property(
      trace,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 15 }),
      fc.integer({ min: 1, max: 4 }),
      (percents, percent, latency_s, cores) => {
        const cpuBefore = [0];
        for (const used of percents) cpuBefore.push((cpuBefore.at(-1) ?? 0) + used * 5);
        const usage: WorkerUsage = (at_ms) => {
          const step = Math.min(percents.length - 1, Math.floor(at_ms / 500));
          return {
            cpu_ms: (cpuBefore[step] ?? 0) + ((percents[step] ?? 0) * (at_ms - step * 500)) / 100,
            rss_mb: 60,
          };
        };
        const until_ms = percents.length * 500;
        const limits = { ...osqueryNormal(cores), utilization_percent: percent, latency_s, delay_s: 0 };
        const theirs = firstStop(usage, limits, until_ms);
        if (theirs === undefined) return true;
        stopped += 1;
        const ours = leashStops(usage, ruleAlone(percent, latency_s, cores), { from_ms: 0, until_ms });
        return ours !== undefined && ours.at_ms <= theirs.at_ms;
      },
    ),
    { numRuns: 60 },
  );
  t.ok(stopped > 5, `osquery stopped ${stopped} of 60 traces`);
});

t.test('watchdog_delay holds up the share alone, and what was counted meanwhile counts', async (t) => {
  const budget = { ...normal, cpu_percent: 50, cpu_window_ms: 3_000 };
  const sampleAt = (at_ms: number): Sample => ({
    pid: 1,
    startTicks: 1,
    at_ms,
    cpu_ms: at_ms,
    private_bytes: 0,
  });
  const judged = (at_ms: number, more: Partial<Sample> = {}): Judgement => {
    const before = Array.from({ length: at_ms / 100 }, (_, index) => sampleAt(index * 100));
    const samples = [...before, { ...sampleAt(at_ms), ...more }];
    const run = {
      budget,
      baseline: sampleAt(0),
      samples,
      read_bytes: 0,
      grantedAt_ms: 0,
      blocked_ms: 0,
      late_ms: 0,
    };
    return judgeSample({ ...run, cpuPercentFrom_ms: 5_000 }, at_ms);
  };
  t.equal(judged(4_900).kind, 'within');
  t.match(judged(5_000), { kind: 'kill', reason: 'cpu_percent' });
  t.match(judged(4_900, { private_bytes: 2 ** 30 }), { kind: 'kill', reason: 'memory_mb' }, 'others hold');
});
