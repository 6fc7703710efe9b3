import fc from 'fast-check';
import t from 'tap';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import { fail } from '../../protocol/result.ts';
import { sqlHashOf } from '../../supervisor/workforce/run-request.ts';
import { asked, scheduledQuery } from '../simulation/asked.ts';
import { type Conduct, quick } from '../simulation/simulated-host.ts';
import { type Life, startLife } from '../simulation/simulated-supervisor.ts';

const slow: Conduct = { ...quick, runs_ms: 7_000, cpu: 0.1 };

const startsOf = (life: Life, sql: string): readonly number[] =>
  life.steps.flatMap((step) => (step.type === 'query' && step.sql === sql ? [step.at_ms] : []));
const resultsOf = (life: Life, name: string): number =>
  life.ledger.committed.filter((run) => run.name === name).length;
/** The budget of the lease that is open for a query. */
const leaseOf = (life: Life, name: string) =>
  life.supervisor.roster.entries().find(({ lease }) => lease?.queryId === name)?.lease;

/** Moves on until a run of this query is under way. */
const untilItRuns = async (life: Life, name: string): Promise<void> => {
  while (leaseOf(life, name) === undefined) await life.clock.advance(100);
};

t.test('a query that stays keeps its statistics, counters, rhythm and run', async (t) => {
  const life = await startLife({ schedule: { a: slow, b: quick } });
  await life.clock.advance(32_000);
  await untilItRuns(life, 'a');
  const before = life.supervisor.book.get('a');
  const changed = life.supervisor.reschedule(asked([scheduledQuery('a'), scheduledQuery('c')]), 10);
  t.match(changed, { ok: true, value: { added: ['c'], changed: [], removed: ['b'] } });
  t.strictSame(life.supervisor.book.get('a'), before);
  await life.clock.advance(46_000);
  const starts = startsOf(life, 'a');
  t.equal(resultsOf(life, 'a'), starts.length, 'every run has its result');
  for (const [index, at_ms] of starts.slice(1).entries())
    t.ok(at_ms - (starts[index] ?? 0) >= 9_000, `${at_ms}`);
  t.ok(startsOf(life, 'c').length >= 3);
});

t.test('why a query that stays lost a start, or a run, is told after the reload, too', async (t) => {
  const failure = { reason: 'sql_error', message: 'no such table: x' } as const;
  const life = await startLife({
    schedule: { long: { ...slow, runs_ms: 12_000 }, broken: { ...quick, end: 'failed', failure } },
  });
  await life.clock.advance(35_000);
  life.supervisor.reschedule(
    asked([scheduledQuery('long'), scheduledQuery('broken', { interval_s: 20 })]),
    10,
  );
  t.match(life.supervisor.book.get('long')?.lastSkip, { reason: 'former_run' });
  t.match(life.supervisor.book.get('broken')?.lastFault, failure, 'also with another interval');
  life.supervisor.reschedule(asked([scheduledQuery('broken', { sql: 'mended' })]), 10);
  t.notOk(life.supervisor.book.get('broken')?.lastFault, 'but not with another SQL');
});

t.test('changed limits hold from the next run on; the running one keeps what it was granted', async (t) => {
  const life = await startLife({ schedule: { a: slow } });
  await untilItRuns(life, 'a');
  const tight = { ...budgetOfLevel['0'], rows: 7 };
  life.supervisor.reschedule(asked([scheduledQuery('a', { budget: tight })]), 10);
  t.equal(leaseOf(life, 'a')?.budget.rows, budgetOfLevel['0'].rows);
  const first = leaseOf(life, 'a')?.leaseId;
  while (leaseOf(life, 'a')?.leaseId === first || leaseOf(life, 'a') === undefined)
    await life.clock.advance(100);
  t.equal(leaseOf(life, 'a')?.budget.rows, 7);
  t.equal(resultsOf(life, 'a'), 1, 'the first one ended well');
  t.equal(life.supervisor.book.get('a')?.performance?.executions, 1, 'and its statistics go on');
});

t.test('a query that leaves ends: its run is cancelled and leaves nothing behind', async (t) => {
  const life = await startLife({ schedule: { a: slow, b: quick } });
  await untilItRuns(life, 'a');
  life.supervisor.reschedule(asked([scheduledQuery('b')]), 10);
  await life.clock.advance(1_000);
  t.equal(leaseOf(life, 'a'), undefined);
  await life.clock.advance(60_000);
  t.equal(startsOf(life, 'a').length, 1);
  t.equal(resultsOf(life, 'a'), 0);
  t.ok(resultsOf(life, 'b') >= 5);
  t.notOk(
    life.steps.some((step) => step.type === 'said' && ['query_failed', 'verdict'].includes(step.event.type)),
    'nobody is blamed',
  );
});

t.test('a run that was cancelled shows nothing: the row of deaths goes on after it', async (t) => {
  const crashes: Conduct = { ...quick, end: 'crash' };
  const life = await startLife({ schedule: { a: crashes } });
  const owner = { scope: 'schedule:a', sqlHash: sqlHashOf('a', budgetOfLevel['0']) };
  const deaths = () => life.supervisor.heldBack.wait(owner, life.clock.monotonicMs())?.deaths;
  while (deaths() !== 1) await life.clock.advance(100);
  life.teach('a', slow);
  await untilItRuns(life, 'a');
  life.supervisor.reschedule(asked([]), 10);
  await life.clock.advance(1_000);
  life.teach('a', crashes);
  life.supervisor.reschedule(asked([scheduledQuery('a')]), 10);
  while (deaths() === undefined) await life.clock.advance(100);
  t.equal(deaths(), 2);
});

t.test('a query that goes and comes back while it runs is not run twice at once', async (t) => {
  const life = await startLife({ schedule: { a: slow } });
  await untilItRuns(life, 'a');
  life.supervisor.reschedule(asked([]), 10);
  life.supervisor.reschedule(asked([scheduledQuery('a')]), 10);
  await life.clock.advance(58_000);
  const starts = startsOf(life, 'a');
  t.ok(starts.length >= 5);
  for (const [index, at_ms] of starts.slice(1).entries())
    t.ok(at_ms - (starts[index] ?? 0) >= 9_000, `${at_ms}`);
  t.equal(resultsOf(life, 'a'), starts.length - 1, 'all but the one that was cancelled');
  t.notOk(
    life.steps.some((step) => step.type === 'said' && step.event.type === 'query_failed'),
    'and nobody is told that it failed',
  );
});

t.test('a reload that the store refuses leaves no draw behind: the rhythm stays', async (t) => {
  const memory = inMemoryGuardStore();
  let isFull = false;
  const putSplays: typeof memory.putSplays = (splays) =>
    isFull ? fail({ reason: 'disk_full', message: 'the disk is full.' }) : memory.putSplays(splays);
  const life = await startLife({
    schedule: { a: quick },
    splayPercent: 10,
    store: { ...memory, putSplays },
  });
  const before = life.supervisor.book.get('a');
  isFull = true;
  const refused = life.supervisor.reschedule(
    asked([scheduledQuery('a', { interval_s: 20 }), scheduledQuery('b')]),
    10,
  );
  t.match(refused, { ok: false, error: { reason: 'disk_full' } });
  isFull = false;
  t.ok(life.supervisor.reschedule(asked([scheduledQuery('a')]), 10).ok);
  t.strictSame(life.supervisor.book.get('a'), before);
});

t.test('with another SQL the run under way ends as it began, and statistics begin anew', async (t) => {
  const life = await startLife({ schedule: { a: slow } });
  await untilItRuns(life, 'a');
  await life.clock.advance(10_000);
  await untilItRuns(life, 'a');
  life.supervisor.reschedule(asked([scheduledQuery('a', { sql: 'other' })]), 10);
  t.equal(life.supervisor.book.get('a')?.performance, undefined);
  await life.clock.advance(8_000);
  t.equal(startsOf(life, 'other').length, 0, 'not beside the old one');
  t.equal(resultsOf(life, 'a'), 2);
  t.equal(life.supervisor.book.get('a')?.performance, undefined, "the old SQL's cost is not the new one's");
  await life.clock.advance(10_000);
  t.equal(startsOf(life, 'other').length, 1);
});

t.test(
  'whatever is done to the schedule, a query that stays in it misses no run and has none too many',
  async (t) => {
    const names = ['p', 'q', 'r', 's'];
    const moves = fc.array(
      fc.record({
        after_ms: fc.integer({ min: 1, max: 9_000 }),
        with: fc.subarray(names),
        rows: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(moves, async (drawn) => {
        const life = await startLife({
          schedule: { stays: { ...quick, runs_ms: 1_500 }, p: slow, q: quick },
        });
        for (const move of drawn) {
          await life.clock.advance(move.after_ms);
          const budget = { ...budgetOfLevel['0'], rows: move.rows };
          life.supervisor.reschedule(
            asked([scheduledQuery('stays', { budget }), ...move.with.map((name) => scheduledQuery(name))]),
            10,
          );
        }
        await life.clock.advance(20_000);
        const starts = startsOf(life, 'stays');
        const due = Math.floor(life.clock.monotonicMs() / 10_000);
        const each = starts
          .slice(1)
          .every((at_ms, index) => Math.abs(at_ms - (starts[index] ?? 0) - 10_000) < 1_000);
        return each && Math.abs(starts.length - due) <= 1 && resultsOf(life, 'stays') >= starts.length - 1;
      }),
      { numRuns: 25 },
    );
    t.pass('fast-check found no counterexample');
  },
);
