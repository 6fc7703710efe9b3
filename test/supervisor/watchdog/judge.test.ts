import t from 'tap';
import type { GuardStore } from '../../../platform/guard-store.ts';
import { inMemoryGuardStore } from '../../../platform/in-memory-guard-store.ts';
import { seededRandom } from '../../../platform/seeded-random.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import { usualExtensionBudget } from '../../../protocol/extension/budget.ts';
import type { ExtensionLife } from '../../../protocol/extension/life.ts';
import type { Lease } from '../../../protocol/lease.ts';
import { fail } from '../../../protocol/result.ts';
import { Denylist } from '../../../supervisor/denylist/denylist.ts';
import { Judge } from '../../../supervisor/watchdog/judge.ts';
import { PressureGauge } from '../../../supervisor/watchdog/pressure-gauge.ts';

const lease: Lease = {
  leaseId: 'lease',
  queryId: 'q',
  scope: 'schedule:q',
  sql: 'SELECT 1',
  sqlHash: 'hash',
  lane: 'scheduled',
  worker: { pid: 1, startTicks: 1 },
  budget: budgetOfLevel['0'],
  mayBeDenied: true,
  grantedAt_ms: 0,
  grantedAt_unix_ms: 0,
};

const life: ExtensionLife = {
  lifeId: 'life',
  name: 'probe',
  path: '/opt/probe.ext',
  pathHash: 'path hash',
  leader: { pid: 7, startTicks: 8 },
  budget: usualExtensionBudget,
  mayBeDenied: true,
  startedAt_ms: 0,
  startedAt_unix_ms: 5,
};

const setUp = async (
  store: GuardStore,
  cpuSome_percent = 90,
): Promise<{ judge: Judge; denylist: Denylist; clock: SimulatedClock }> => {
  const clock = new SimulatedClock();
  const emit = (): void => undefined;
  const pressure = {
    cpuSome_percent,
    ioSome_percent: 0,
    loadPerCore: 4,
    memoryAvailable_bytes: 1e9,
    memoryTotal_bytes: 2e9,
    battery_percent: undefined,
  };
  const gauge = new PressureGauge({ read: () => Promise.resolve(pressure) }, clock);
  gauge.latest();
  await clock.advance(1);
  const denylist = new Denylist({ store, durations_ms: [600_000], emit });
  return {
    judge: new Judge({ clock, random: seededRandom(1), store, denylist, gauge, emit }),
    denylist,
    clock,
  };
};

const outOfTime = { reason: 'wall_ms', limit: 30_000, measured: 30_100 } as const;

t.test(
  'on a busy host the third wall_ms stop in a row is a strike; a run that ends by itself breaks the row',
  async (t) => {
    const { judge } = await setUp(inMemoryGuardStore());
    const strikes = [1, 2].map(() => judge.stop(lease, 'fail', outOfTime).strike);
    judge.passed(lease);
    strikes.push(...[1, 2, 3].map(() => judge.stop(lease, 'fail', outOfTime).strike));
    t.strictSame(strikes, [false, false, false, false, true]);
  },
);

t.test('a verdict is stored with the denial that follows from it', async (t) => {
  const store = inMemoryGuardStore();
  const { judge, denylist, clock } = await setUp(store);
  const verdict = judge.stop(lease, 'kill', { reason: 'memory_mb', limit: 200, measured: 250 });
  t.match(store.verdicts(10), { ok: true, value: [verdict] });
  t.match(store.denials(), { ok: true, value: [{ queryId: 'q', state: 'denied', strikes: 1 }] });
  t.equal(denylist.admit(lease.scope, lease.sqlHash, clock.unixMs()).kind, 'denied');
});

t.test('what led to a verdict is stored with it: the samples, all limits, and why it counts', async (t) => {
  const store = inMemoryGuardStore();
  const { judge } = await setUp(store);
  const points = [{ at_ms: 5, cpu_ms: 3, growth_bytes: 2 ** 28, read_bytes: null }];
  const { verdictId } = judge.stop(lease, 'kill', { reason: 'memory_mb', limit: 200, measured: 256 }, points);
  const evidence = {
    subject: 'query',
    verdictId,
    leaseId: 'lease',
    queryId: 'q',
    lane: 'scheduled',
    budget: lease.budget,
    grantedAt_unix_ms: 0,
    ground: 'whole_budget',
    mayBeDenied: true,
    cpuSome_percent: 90,
    ioSome_percent: 0,
    points,
  };
  t.strictSame(store.evidence(verdictId), { ok: true, value: evidence });
  t.strictSame(judge.evidence(verdictId), evidence);
  t.equal(judge.evidence('another'), undefined);
  const grounds = [1, 2, 3].map(() => judge.evidence(judge.stop(lease, 'fail', outOfTime).verdictId)?.ground);
  t.strictSame(grounds, ['slow_on_busy_host', 'slow_on_busy_host', 'slow_in_a_row']);
});

t.test('denylist: false stops a query but denies nothing', async (t) => {
  const store = inMemoryGuardStore();
  const { judge } = await setUp(store);
  judge.stop({ ...lease, mayBeDenied: false }, 'kill', { reason: 'memory_mb', limit: 200, measured: 250 });
  t.strictSame(store.denials(), { ok: true, value: [] });
});

t.test(
  'a store that fails holds up no verdict: it is marked, kept, and written when the store is back',
  async (t) => {
    const working = inMemoryGuardStore();
    let broken = true;
    const { judge } = await setUp({
      ...working,
      putVerdict: (verdict, denial, evidence) =>
        broken
          ? fail({ reason: 'disk_full', message: 'full' })
          : working.putVerdict(verdict, denial, evidence),
    });
    const points = [{ at_ms: 5, cpu_ms: 3, growth_bytes: 0, read_bytes: 1 }];
    const { verdictId, journalled } = judge.stop(lease, 'kill', outOfTime, points);
    t.equal(journalled, false);
    t.equal(judge.verdicts().length, 1);
    t.match(judge.evidence(verdictId), { points }, 'its evidence waits with it');
    broken = false;
    judge.flush();
    t.match(working.verdicts(10), { ok: true, value: [{ reason: 'wall_ms' }] });
    t.match(working.evidence(verdictId), { ok: true, value: { points } });
  },
);

t.test('an extension is judged in a scope of its own, by what its family used', async (t) => {
  const store = inMemoryGuardStore();
  const { judge, denylist } = await setUp(store);
  const points = [{ at_ms: 9, cpu_ms: 3, growth_bytes: 4, read_bytes: null, processes: 70, descriptors: 80 }];
  const finding = { reason: 'processes', limit: 64, measured: 70 } as const;
  const verdict = judge.stopExtension(life, finding, points);
  t.match(verdict, {
    subject: 'extension',
    leaseId: 'life',
    queryId: 'probe',
    scope: 'extension:probe',
    sql: '/opt/probe.ext',
    sqlHash: 'path hash',
    worker: { pid: 7 },
    kind: 'kill',
    strike: true,
    ...finding,
  });
  t.match(store.evidence(verdict.verdictId), {
    value: { subject: 'extension', budget: usualExtensionBudget, grantedAt_unix_ms: 5, points },
  });
  t.match(denylist.admit('extension:probe', 'path hash', verdict.at_unix_ms), { kind: 'denied' });
  t.match(denylist.admit('extension:probe', 'another budget', verdict.at_unix_ms), { kind: 'run' });
  judge.stopExtension({ ...life, name: 'spared', mayBeDenied: false }, finding, points);
  t.match(denylist.admit('extension:spared', 'path hash', verdict.at_unix_ms), { kind: 'run' });
});

t.test('one in which queries hang is denied for the second time within an hour', async (t) => {
  const { judge, denylist, clock } = await setUp(inMemoryGuardStore(), 0);
  const hang = (): boolean => judge.stopExtension(life, outOfTime, []).strike;
  const admission = (): string => denylist.admit('extension:probe', 'path hash', clock.unixMs()).kind;
  const hour_ms = 3_600_000;
  t.equal(hang(), false);
  await clock.advance(hour_ms + 1);
  t.equal(hang(), false, 'the last one is forgotten');
  t.equal(admission(), 'run', 'it may be started again');
  await clock.advance(hour_ms);
  t.equal(hang(), true);
  t.equal(admission(), 'denied');
  await clock.advance(2 * hour_ms);
  t.equal(admission(), 'probation');
  t.equal(hang(), true, 'one with a record is not forgiven, however long ago that was');
});
