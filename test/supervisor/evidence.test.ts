import t from 'tap';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import type { RunEvidence } from '../../protocol/evidence.ts';
import { type Conduct, quick } from '../simulation/simulated-host.ts';
import { type Life, startLife } from '../simulation/simulated-supervisor.ts';

const burns: Conduct = { runs_ms: Number.POSITIVE_INFINITY, cpu: 1, growth_bytes_ms: 0, end: 'done' };
const leaks: Conduct = { ...burns, growth_bytes_ms: 50_000 };

const evidenceOf = (life: Life, name: string): RunEvidence => {
  const verdict = life.supervisor.judge.verdicts().find(({ queryId }) => queryId === name);
  const evidence = verdict && life.supervisor.judge.evidence(verdict.verdictId);
  if (evidence?.subject !== 'query') throw new Error(`no evidence against ${name}`);
  return evidence;
};

t.test('a kill keeps the samples that led to it, up to the one that broke the limit', async (t) => {
  const store = inMemoryGuardStore();
  const life = await startLife({ schedule: { leaks }, store });
  await life.clock.advance(30_000);
  const { points, budget, ground, queryId } = evidenceOf(life, 'leaks');
  t.equal(queryId, 'leaks');
  t.equal(ground, 'whole_budget');
  const limit_bytes = budget.memory_mb * 2 ** 20;
  t.ok(points.length > 40 && points.length <= 120, `${points.length} points`);
  t.match(points[0], { cpu_ms: 0, growth_bytes: 0 });
  t.strictSame(
    points.map(({ growth_bytes }) => growth_bytes > limit_bytes),
    points.map((_, index) => index === points.length - 1),
    'only the last one is over the limit',
  );
});

t.test('an engine stop has samples too, with one of its very end', async (t) => {
  const failure = { reason: 'limit', limit: 'rows', message: 'too many', measured: 200_001 } as const;
  const stopped: Conduct = { ...quick, runs_ms: 3_000, cpu: 1, end: 'failed', failure };
  const life = await startLife({ schedule: { stopped } });
  await life.clock.advance(20_000);
  const { points, ground } = evidenceOf(life, 'stopped');
  t.equal(ground, 'much_to_say');
  const end_ms = points.at(-1)?.at_ms ?? 0;
  t.ok(points.length > 10 && end_ms >= 3_000 && end_ms < 3_100, `${points.length} points up to ${end_ms} ms`);
});

t.test('a heap that was exhausted has the samples of before', async (t) => {
  const life = await startLife({ schedule: { heap: { ...quick, runs_ms: 2_000, end: 'heap' } } });
  await life.clock.advance(20_000);
  t.ok(evidenceOf(life, 'heap').points.length > 5);
});

t.test('why each worker ended is remembered', async (t) => {
  const life = await startLife({
    schedule: { leaks, keeps: { ...quick, keeps_bytes: 40 * 2 ** 20 }, dies: { ...quick, end: 'crash' } },
    interval_s: 3_600,
  });
  await life.clock.advance(3_630_000);
  const asked = life.supervisor.query(
    { sql: 'leaks', by: { uid: 0 }, budget: evidenceOf(life, 'leaks').budget },
    { columns: () => undefined, rows: () => 'more', done: () => undefined },
  );
  await life.clock.advance(1_000);
  asked.cancel();
  await life.clock.advance(1_000);
  const ended = life.supervisor.roster.history().map(({ cause, queryId }) => `${cause} ${queryId}`);
  t.equal(ended[0], 'cancelled adhoc', 'the newest first');
  for (const end of ['verdict leaks', 'recycled ', 'died dies']) t.ok(ended.includes(end), end);
  t.equal(life.supervisor.roster.lastCause, 'cancelled');
  void life.ask('quick');
  await life.clock.advance(120_000);
  t.equal(life.supervisor.roster.lastCause, 'idle');
});
