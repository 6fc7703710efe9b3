import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import type { GuardStore } from '../../../platform/guard-store.ts';
import { inMemoryGuardStore } from '../../../platform/in-memory-guard-store.ts';
import { openGuardStore } from '../../../platform/node/guard-database.ts';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import type { Evidence, RunEvidence } from '../../../protocol/evidence.ts';
import { usualExtensionBudget } from '../../../protocol/extension/budget.ts';
import type { Verdict } from '../../../protocol/verdict.ts';

const verdictOf = (number: number): Verdict => ({
  subject: 'query',
  verdictId: `v${number}`,
  leaseId: `l${number}`,
  queryId: 'q',
  scope: 'schedule:q',
  sqlHash: 'hash',
  sql: 'SELECT 1',
  worker: { pid: 1, startTicks: 1 },
  kind: 'kill',
  reason: 'memory_mb',
  limit: 200,
  measured: 201.5,
  strike: true,
  at_unix_ms: number,
  journalled: true,
});

const evidenceOf = (number: number): RunEvidence => ({
  subject: 'query',
  verdictId: `v${number}`,
  leaseId: `l${number}`,
  queryId: 'q',
  lane: 'scheduled',
  budget: budgetOfLevel['0'],
  grantedAt_unix_ms: number,
  ground: 'whole_budget',
  mayBeDenied: true,
  cpuSome_percent: null,
  ioSome_percent: 1.5,
  points: [
    { at_ms: 0.5, cpu_ms: 0, growth_bytes: 0, read_bytes: 0 },
    { at_ms: 12.3, cpu_ms: 10, growth_bytes: number, read_bytes: null },
  ],
});

const opened = (directory: string): GuardStore => {
  chmodSync(directory, 0o700);
  const store = openGuardStore(directory, { now_unix_ms: 0 });
  if (!store.ok) throw new Error(store.error.message);
  return store.value.store;
};

t.test('a verdict is found with what led to it', async (t) => {
  const onDisk = opened(t.testdir({}));
  t.teardown(() => onDisk.close());
  for (const store of [onDisk, inMemoryGuardStore()]) {
    t.ok(store.putVerdict(verdictOf(1), undefined, evidenceOf(1)).ok);
    t.strictSame(store.verdicts(10), { ok: true, value: [verdictOf(1)] });
    t.strictSame(store.evidence('v1'), { ok: true, value: evidenceOf(1) });
    t.strictSame(store.evidence('v2'), { ok: true, value: undefined });
  }
});

t.test('evidence about an extension has its processes and descriptors', async (t) => {
  const store = opened(t.testdir({}));
  t.teardown(() => store.close());
  const { lane: _, ...shared } = evidenceOf(1);
  const points = [{ at_ms: 1, cpu_ms: 2, growth_bytes: 3, read_bytes: null, processes: 4, descriptors: 5 }];
  const evidence: Evidence = { ...shared, subject: 'extension', budget: usualExtensionBudget, points };
  t.ok(store.putVerdict({ ...verdictOf(1), subject: 'extension' }, undefined, evidence).ok);
  t.strictSame(store.evidence('v1'), { ok: true, value: evidence });
});

t.test('evidence is kept for the newest thousand verdicts', async (t) => {
  const store = opened(t.testdir({}));
  t.teardown(() => store.close());
  for (let number = 1; number <= 1_003; number += 1) {
    store.putVerdict(verdictOf(number), undefined, evidenceOf(number));
  }
  t.match(store.evidence('v3'), { ok: true, value: undefined });
  t.match(store.evidence('v4'), { ok: true, value: evidenceOf(4) });
  t.match(store.evidence('v1003'), { ok: true, value: evidenceOf(1_003) });
  t.match(store.verdicts(2_000), { value: { length: 1_003 } }, 'the verdicts themselves stay');
});

t.test('verdict and evidence are one transaction', async (t) => {
  const directory = t.testdir({});
  const store = opened(directory);
  t.teardown(() => store.close());
  const other = new Database(join(directory, 'guard.db'));
  t.teardown(() => void other.close());
  other.exec('DROP TABLE samples; CREATE TABLE samples (verdict_id TEXT, body TEXT CHECK (0));');
  t.match(store.putVerdict(verdictOf(1), undefined, evidenceOf(1)), { ok: false });
  t.strictSame(store.verdicts(10), { ok: true, value: [] });
});

t.test('a store of the first version keeps what it holds and learns to keep evidence', async (t) => {
  const directory = t.testdir({});
  opened(directory).close();
  const former = new Database(join(directory, 'guard.db'));
  former.exec('DROP TABLE samples; DROP TABLE overrides');
  // Then only runs were judged, and nothing said so.
  const { subject: _, ...body } = verdictOf(1);
  former.prepare('INSERT INTO verdicts VALUES (?, ?, ?)').run('v1', 1, JSON.stringify(body));
  former.pragma('user_version = 1');
  former.close();
  const store = opened(directory);
  t.teardown(() => store.close());
  t.strictSame(store.verdicts(10), { ok: true, value: [verdictOf(1)] });
  t.strictSame(store.evidence('v1'), { ok: true, value: undefined });
  t.ok(store.putVerdict(verdictOf(2), undefined, evidenceOf(2)).ok);
  t.strictSame(store.evidence('v2'), { ok: true, value: evidenceOf(2) });
});

t.test('a database of before offsets keeps all but the splays, which are drawn anew', async (t) => {
  const directory = t.testdir({});
  const first = opened(directory);
  t.ok(first.putVerdict(verdictOf(1), undefined, evidenceOf(1)).ok);
  first.close();
  const old = new Database(join(directory, 'guard.db'));
  old.exec(`DROP TABLE splays;
    CREATE TABLE splays (
      query_id TEXT PRIMARY KEY, interval_s INTEGER NOT NULL, splayed_s INTEGER NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO splays VALUES ('q', 10, 11);
    PRAGMA user_version = 3;`);
  old.close();
  const store = opened(directory);
  t.teardown(() => store.close());
  t.strictSame(store.splays(), { ok: true, value: [] });
  t.match(store.verdicts(10), { value: [{ verdictId: 'v1' }] });
  const splay = { queryId: 'q', interval_s: 10, splayed_s: 9, offset_ms: 8_123 };
  t.ok(store.putSplays([splay]).ok);
  t.strictSame(store.splays(), { ok: true, value: [splay] });
});
