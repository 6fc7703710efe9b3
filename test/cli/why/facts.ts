/** Facts as a daemon would tell them, for tests of their explanation. */
import type { WhyContext } from '../../../cli/why/block.ts';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import type { Denial } from '../../../protocol/denial.ts';
import type { EvidencePoint, RunEvidence } from '../../../protocol/evidence.ts';
import type { Verdict } from '../../../protocol/verdict.ts';
import type { QueryFacts, ScheduleFacts } from '../../../protocol/why.ts';

export const now_unix_ms: number = Date.UTC(2026, 6, 28, 12, 0, 0);
const minute_ms = 60_000;

export const context: WhyContext = { now_unix_ms, denial_ms: [600_000, 3_600_000, 86_400_000] };

const sql = "SELECT * FROM file WHERE path LIKE '/usr/%%'";

export const scheduleFacts = (change: Partial<ScheduleFacts> = {}): ScheduleFacts => ({
  interval_s: 300,
  sqlHash: 'hash',
  budget: budgetOfLevel['0'],
  mayBeDenied: true,
  running: false,
  executions: 0,
  lastGood: null,
  lastFault: null,
  skipped: 0,
  lastSkip: null,
  deferred: 0,
  lastDeferral: null,
  packHold: null,
  ...change,
});

export const verdictOf = (change: Partial<Verdict> = {}): Verdict => ({
  subject: 'query',
  verdictId: 'verdict',
  leaseId: 'lease',
  queryId: 'hog',
  scope: 'schedule:hog',
  sqlHash: 'hash',
  sql,
  worker: { pid: 4242, startTicks: 1 },
  kind: 'fail',
  reason: 'cpu_ms',
  limit: 10_000,
  measured: 10_003.2,
  strike: true,
  at_unix_ms: now_unix_ms - 2 * minute_ms,
  journalled: true,
  ...change,
});

export const denialOf = (change: Partial<Denial> = {}): Denial => ({
  scope: 'schedule:hog',
  sqlHash: 'hash',
  queryId: 'hog',
  sql,
  state: 'denied',
  strikes: 1,
  reason: 'cpu_ms',
  limit: 10_000,
  measured: 10_003.2,
  since_unix_ms: now_unix_ms - 2 * minute_ms,
  until_unix_ms: now_unix_ms + 8 * minute_ms,
  lastStrike_unix_ms: now_unix_ms - 2 * minute_ms,
  ...change,
});

/** A run that rises evenly to what it had cost in the end. */
export const risingTo = (end: EvidencePoint, steps = 60): readonly EvidencePoint[] =>
  Array.from({ length: steps + 1 }, (_, step) => ({
    at_ms: (end.at_ms * step) / steps,
    cpu_ms: (end.cpu_ms * step) / steps,
    growth_bytes: (end.growth_bytes * step) / steps,
    read_bytes: end.read_bytes === null ? null : Math.round((end.read_bytes * step) / steps),
  }));

export const evidenceOf = (change: Partial<RunEvidence> = {}): RunEvidence => ({
  subject: 'query',
  verdictId: 'verdict',
  leaseId: 'lease',
  queryId: 'hog',
  lane: 'scheduled',
  budget: budgetOfLevel['0'],
  grantedAt_unix_ms: now_unix_ms - 2 * minute_ms - 11_000,
  ground: 'whole_budget',
  mayBeDenied: true,
  cpuSome_percent: 3.2,
  ioSome_percent: 0,
  points: risingTo({ at_ms: 10_900, cpu_ms: 10_000, growth_bytes: 3.5 * 2 ** 20, read_bytes: 40 * 2 ** 20 }),
  ...change,
});

export const factsOf = (change: Partial<QueryFacts> = {}): QueryFacts => ({
  name: 'hog',
  sql,
  schedule: scheduleFacts(),
  verdicts: [],
  evidence: null,
  denials: [],
  heldBack: null,
  ...change,
});
