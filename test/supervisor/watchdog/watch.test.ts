import t from 'tap';
import type { SampleSource } from '../../../platform/sampler.ts';
import type { Judgement } from '../../../policies/judgement.ts';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import type { Lease } from '../../../protocol/lease.ts';
import { fail, ok } from '../../../protocol/result.ts';
import { openWatch } from '../../../supervisor/watchdog/watch.ts';

const lease: Lease = {
  leaseId: 'lease',
  queryId: 'q',
  scope: 'schedule:q',
  sql: 'SELECT 1',
  sqlHash: 'hash',
  lane: 'scheduled',
  worker: { pid: 1, startTicks: 1 },
  budget: { ...budgetOfLevel['0'], cpu_percent: 50, cpu_window_ms: 2_000 },
  mayBeDenied: true,
  grantedAt_ms: 0,
  grantedAt_unix_ms: 0,
};

/** Looks every `step_ms` at a process that has used `cpuAt(now)` and tells the first judgement against it. */
const watched = (
  step_ms: number,
  until_ms: number,
  cpuAt: (now_ms: number) => number,
  { budget = lease.budget, watchdogDisabled = false } = {},
): { readonly at_ms: number; readonly judgement: Judgement } | undefined => {
  let now_ms = 0;
  const source: SampleSource = {
    read: () => ok({ ...lease.worker, at_ms: now_ms, cpu_ms: cpuAt(now_ms), private_bytes: 0 }),
    readBytes: () => 0,
    close: () => undefined,
  };
  const watch = openWatch({ ...lease, budget }, { sampler: { open: () => ok(source) }, watchdogDisabled });
  if (!watch.ok) throw new Error(watch.error.message);
  for (now_ms = step_ms; now_ms <= until_ms; now_ms += step_ms) {
    const judgement = watch.value.look(now_ms, 0);
    if (judgement.kind === 'kill') return { at_ms: now_ms, judgement };
  }
  return undefined;
};

t.test(
  'a share over its limit is judged as soon as the window is full, however often it is looked at',
  async (t) => {
    for (const step_ms of [1, 7, 100]) {
      const verdict = watched(step_ms, 5_000, (now_ms) => now_ms * 0.6);
      t.match(verdict, { judgement: { reason: 'cpu_percent', limit: 50 } }, `every ${step_ms} ms`);
      t.ok(verdict !== undefined && verdict.at_ms >= 2_000 && verdict.at_ms <= 2_200, `${verdict?.at_ms} ms`);
    }
  },
);

t.test('a share below it is not, nor a burst that the window evens out', async (t) => {
  for (const step_ms of [1, 7, 100]) {
    t.equal(
      watched(step_ms, 10_000, (now_ms) => now_ms * 0.4),
      undefined,
    );
    // 800 ms of full load in every two seconds.
    const bursts = (now_ms: number): number =>
      Math.floor(now_ms / 2_000) * 800 + Math.min(now_ms % 2_000, 800);
    t.equal(watched(step_ms, 10_000, bursts), undefined);
  }
});

t.test('load that begins late is judged by its own window, not by the mean of the run', async (t) => {
  const verdict = watched(5, 20_000, (now_ms) => Math.max(0, now_ms - 6_000) * 0.9);
  t.ok(verdict !== undefined && verdict.at_ms > 7_000 && verdict.at_ms < 7_300, `${verdict?.at_ms} ms`);
});

t.test('a watch remembers the run from its grant to its last sample', async (t) => {
  let now_ms = 20;
  let gone = false;
  let { startTicks } = lease.worker;
  const source: SampleSource = {
    read: () =>
      gone
        ? fail({ reason: 'process_gone', message: 'gone' })
        : ok({ pid: 1, startTicks, at_ms: now_ms, cpu_ms: 500 + now_ms, private_bytes: 1_000 + now_ms }),
    readBytes: () => (now_ms === 40 ? undefined : 70 + now_ms),
    close: () => undefined,
  };
  const watch = openWatch({ ...lease, grantedAt_ms: 15 }, { sampler: { open: () => ok(source) } });
  if (!watch.ok) throw new Error(watch.error.message);
  t.strictSame(watch.value.points(), [], 'nothing before the first look');
  now_ms = 30;
  watch.value.look(now_ms, 0);
  now_ms = 40;
  watch.value.look(now_ms, 0);
  now_ms = 50;
  watch.value.glance();
  startTicks += 1;
  now_ms = 55;
  t.match(watch.value.look(now_ms, 0), { kind: 'within' }, 'a stranger with the pid');
  watch.value.glance();
  t.equal(watch.value.lastSample().at_ms, 50);
  gone = true;
  now_ms = 60;
  watch.value.glance();
  t.strictSame(watch.value.points(), [
    { at_ms: 5, cpu_ms: 0, growth_bytes: 0, read_bytes: 0 },
    { at_ms: 15, cpu_ms: 10, growth_bytes: 10, read_bytes: 10 },
    { at_ms: 25, cpu_ms: 20, growth_bytes: 20, read_bytes: null },
    { at_ms: 35, cpu_ms: 30, growth_bytes: 30, read_bytes: 30 },
  ]);
});

t.test('a window of many minutes is judged, too', async (t) => {
  const budget = { ...lease.budget, cpu_window_ms: 1_002_000, wall_ms: 1e9, cpu_ms: 1e9 };
  const verdict = watched(100, 1_100_000, (now_ms) => now_ms * 0.6, { budget });
  t.match(verdict, { at_ms: 1_002_000, judgement: { reason: 'cpu_percent' } });
});

t.test('without its watchdog a run is measured and never stopped', async (t) => {
  t.equal(
    watched(100, 60_000, (now_ms) => now_ms, { watchdogDisabled: true }),
    undefined,
  );
});

t.test(
  'a look past the deadline is put off for its lateness once, even where every look is late',
  async (t) => {
    const { wall_ms } = lease.budget;
    let now_ms = 0;
    const source: SampleSource = {
      read: () => ok({ ...lease.worker, at_ms: now_ms, cpu_ms: 0, private_bytes: 0 }),
      readBytes: () => 0,
      close: () => undefined,
    };
    const watch = openWatch(lease, { sampler: { open: () => ok(source) } });
    if (!watch.ok) throw new Error(watch.error.message);
    const lookLate = (): string => {
      now_ms += watch.value.next_ms(now_ms, 0) + 500;
      return watch.value.look(now_ms, 0).kind;
    };
    while (now_ms <= wall_ms - 1_000) t.equal(lookLate(), 'within');
    now_ms = wall_ms + 5_000;
    t.equal(lookLate(), 'within', 'what was said meanwhile is heard first');
    t.equal(lookLate(), 'kill');
  },
);

t.test('looks that come when they are planned find a full window within a tenth of it', async (t) => {
  for (const cpu_window_ms of [150, 500, 777, 2_000]) {
    let now_ms = 0;
    const source: SampleSource = {
      read: () => ok({ ...lease.worker, at_ms: now_ms, cpu_ms: now_ms, private_bytes: 0 }),
      readBytes: () => 0,
      close: () => undefined,
    };
    const budget = { ...lease.budget, cpu_window_ms };
    const watch = openWatch({ ...lease, budget }, { sampler: { open: () => ok(source) } });
    if (!watch.ok) throw new Error(watch.error.message);
    do now_ms += watch.value.next_ms(now_ms, 0);
    while (watch.value.look(now_ms, 0).kind === 'within');
    t.ok(
      now_ms >= cpu_window_ms && now_ms <= cpu_window_ms * 1.1,
      `${now_ms} ms of a window of ${cpu_window_ms}`,
    );
  }
});
