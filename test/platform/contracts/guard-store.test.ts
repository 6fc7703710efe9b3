import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { GuardStore } from '../../../platform/guard-store.ts';
import { inMemoryGuardStore } from '../../../platform/in-memory-guard-store.ts';
import { openGuardStore } from '../../../platform/node/guard-database.ts';
import { seededRandom } from '../../../platform/seeded-random.ts';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import type { Denial } from '../../../protocol/denial.ts';
import type { Evidence } from '../../../protocol/evidence.ts';
import type { Lease } from '../../../protocol/lease.ts';
import type { LimitOverride, OverrideEnd } from '../../../protocol/limit-override.ts';
import type { Verdict } from '../../../protocol/verdict.ts';
import { held, SimulatedDisk } from '../../simulation/simulated-disk.ts';

const onDisk = (t: Test): GuardStore => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-guard-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const opened = openGuardStore(directory, { now_unix_ms: 0 });
  if (!opened.ok) throw new Error(opened.error.message);
  t.teardown(() => opened.value.store.close());
  return opened.value.store;
};

const subjects: Readonly<Record<string, (t: Test) => GuardStore>> = {
  'the store in memory': () => inMemoryGuardStore(),
  'the simulated disk': () =>
    new SimulatedDisk(seededRandom(1)).guardOf({ isDead: false, die: () => undefined }),
  'guard.db': onDisk,
};

const worker = { pid: 42, startTicks: 7 };
const lease = (leaseId: string): Lease => ({
  leaseId,
  queryId: 'q',
  scope: 'schedule:q',
  sql: "SELECT 'ä\0'",
  sqlHash: 'hash',
  lane: 'scheduled',
  worker,
  budget: budgetOfLevel['0'],
  mayBeDenied: true,
  grantedAt_ms: 1.5,
  grantedAt_unix_ms: 2,
});
const verdict = (verdictId: string): Verdict => ({
  subject: 'query',
  verdictId,
  leaseId: 'lease',
  queryId: 'q',
  scope: 'schedule:q',
  sqlHash: 'hash',
  sql: 'SELECT 1',
  worker,
  kind: 'kill',
  reason: 'cpu_ms',
  limit: 1,
  measured: 2.25,
  strike: true,
  at_unix_ms: 3,
  journalled: true,
});
const evidence = (verdictId: string): Evidence => ({
  subject: 'query',
  verdictId,
  leaseId: 'lease',
  queryId: 'q',
  lane: 'scheduled',
  budget: budgetOfLevel['0'],
  grantedAt_unix_ms: 2,
  ground: 'whole_budget',
  mayBeDenied: true,
  cpuSome_percent: 12.5,
  ioSome_percent: null,
  points: [{ at_ms: 1, cpu_ms: 2, growth_bytes: 3, read_bytes: null }],
});
const override = (overrideId: string, end: OverrideEnd): LimitOverride => ({
  overrideId,
  queryId: 'q',
  limits: { cpu_ms: 1 },
  former: { cpu_ms: 2 },
  uid: 0,
  since_unix_ms: 3,
  until_unix_ms: 4,
  ended_unix_ms: 5,
  end,
});
const denial = (scope: string, strikes = 1): Denial => ({
  scope,
  sqlHash: 'hash',
  queryId: 'q',
  sql: 'SELECT 1',
  state: 'denied',
  strikes,
  reason: 'cpu_ms',
  limit: 1,
  measured: 2,
  since_unix_ms: 3,
  until_unix_ms: 4,
  lastStrike_unix_ms: 3,
});

for (const [name, make] of Object.entries(subjects)) {
  t.test(`${name} keeps leases until they end`, async (t) => {
    const store = make(t);
    t.strictSame(held(store.openLeases()), []);
    for (const leaseId of ['a', 'b', 'c']) t.ok(store.putLease(lease(leaseId)).ok);
    t.ok(store.endLease('b').ok);
    t.ok(store.endLease('unknown').ok, 'one that is unknown ends as well');
    t.strictSame(
      held(store.openLeases()).toSorted((one, other) => one.leaseId.localeCompare(other.leaseId)),
      [lease('a'), lease('c')],
    );
  });

  t.test(
    `${name} tells the newest verdicts first, and keeps the record that follows with each`,
    async (t) => {
      const store = make(t);
      t.ok(store.putVerdict(verdict('one'), undefined, evidence('one')).ok);
      t.strictSame(held(store.denials()), []);
      t.ok(store.putVerdict(verdict('two'), denial('schedule:q'), evidence('two')).ok);
      t.ok(store.putVerdict(verdict('three'), denial('schedule:q', 2), evidence('three')).ok);
      t.strictSame(held(store.verdicts(2)), [verdict('three'), verdict('two')]);
      t.equal(held(store.verdicts(10)).length, 3);
      t.strictSame(held(store.denials()), [denial('schedule:q', 2)]);
      t.strictSame(held(store.evidence('two')), evidence('two'));
      t.equal(held(store.evidence('four')), undefined);
    },
  );

  t.test(`${name} has one record for each scope and SQL`, async (t) => {
    const store = make(t);
    for (const record of [denial('a'), denial('b'), denial('a', 3), { ...denial('a'), sqlHash: 'other' }])
      t.ok(store.putDenial(record).ok);
    t.equal(held(store.denials()).length, 3);
    t.ok(store.removeDenial('a', 'hash').ok);
    t.ok(store.removeDenial('nobody', 'hash').ok);
    t.strictSame(
      held(store.denials()).toSorted((one, other) => one.scope.localeCompare(other.scope)),
      [{ ...denial('a'), sqlHash: 'other' }, denial('b')],
    );
  });

  t.test(`${name} keeps overrides in the order in which they were set, as they were last`, async (t) => {
    const store = make(t);
    const set = override('one', 'expired');
    t.ok(store.putOverrides([set, override('two', 'expired')]).ok);
    t.ok(store.putOverrides([override('one', 'replaced'), override('three', 'cleared')]).ok);
    t.ok(store.putOverrides([]).ok);
    t.strictSame(held(store.overrides()), [
      override('one', 'replaced'),
      override('two', 'expired'),
      override('three', 'cleared'),
    ]);
  });

  t.test(`${name} replaces splays and settings`, async (t) => {
    const store = make(t);
    const splay = { queryId: 'q', interval_s: 10, splayed_s: 11, offset_ms: 10_999 };
    t.ok(store.putSplays([{ ...splay, splayed_s: 9, offset_ms: 0 }]).ok);
    t.ok(store.putSplays([splay]).ok);
    t.strictSame(held(store.splays()), [splay]);
    t.equal(held(store.setting('uuid')), undefined);
    t.ok(store.putSetting('uuid', 'one').ok);
    t.ok(store.putSetting('uuid', 'two').ok);
    t.equal(held(store.setting('uuid')), 'two');
  });
}
