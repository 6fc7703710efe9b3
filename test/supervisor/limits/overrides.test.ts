import fc from 'fast-check';
import t from 'tap';
import { inMemoryGuardStore } from '../../../platform/in-memory-guard-store.ts';
import { overrideAt } from '../../../policies/override.ts';
import { budgetNames, budgetOfLevel } from '../../../protocol/budget.ts';
import type { LimitOverride } from '../../../protocol/limit-override.ts';
import { fail } from '../../../protocol/result.ts';
import { overrideProblem } from '../../../supervisor/limits/check-override.ts';
import { limitsOf } from '../../../supervisor/limits/query-limits.ts';
import { asked } from '../../simulation/asked.ts';
import { type Conduct, quick } from '../../simulation/simulated-host.ts';
import { beginLife, type Life, startLife } from '../../simulation/simulated-supervisor.ts';
import { createWorld } from '../../simulation/world.ts';

const minute_ms = 60_000;
/** Needs fifteen seconds of CPU time; the level allows ten. */
const heavy: Conduct = { ...quick, runs_ms: 15_000, cpu: 1 };

const logged = (life: Life): readonly string[] =>
  life.steps.flatMap((step) =>
    step.type === 'said' && step.event.type === 'log' ? [step.event.message] : [],
  );
const verdicts = (life: Life): number =>
  life.steps.filter((step) => step.type === 'said' && step.event.type === 'verdict').length;
const resultsOf = (life: Life, name: string): number =>
  life.ledger.committed.filter((run) => run.name === name).length;

const wish = (for_ms: number, limits = { cpu_ms: 60_000 }) => ({
  queryId: 'heavy',
  limits,
  for_ms,
  uid: 1000,
});

t.test(
  'an override lets a query pass that was stopped, and its old record is in force afterwards',
  async (t) => {
    const life = await startLife({ schedule: { heavy }, interval_s: 30 });
    await life.clock.advance(minute_ms);
    t.equal(verdicts(life), 1);
    const { book, denylist, overrides } = life.supervisor;
    const isDenied = (): boolean => {
      const entry = book.get('heavy');
      return entry !== undefined && denylist.isDenied(entry.scope, entry.sqlHash, life.clock.unixMs());
    };
    t.equal(isDenied(), true);

    t.match(overrides.set(wish(3 * minute_ms)), { ok: true, value: { former: { cpu_ms: 10_000 } } });
    t.equal(isDenied(), false, 'another limit is another record');
    await life.clock.advance(2 * minute_ms);
    t.ok(resultsOf(life, 'heavy') >= 3);
    t.equal(verdicts(life), 1);

    await life.clock.advance(minute_ms + 2_000);
    t.strictSame(overrides.list(), []);
    t.equal(book.get('heavy')?.limits.budget.cpu_ms, 10_000);
    t.equal(isDenied(), true, 'the denial of before has not run out yet');
    const results = resultsOf(life, 'heavy');
    await life.clock.advance(2 * minute_ms);
    t.ok(resultsOf(life, 'heavy') <= results + 1, 'but for the run that was under way it does not run');
    await life.clock.advance(10 * minute_ms);
    t.equal(verdicts(life), 2, 'its probation run is stopped by the old limit');
  },
);

t.test('it ends on time, with a line at its beginning and one at its end', async (t) => {
  const life = await startLife({ schedule: { heavy }, interval_s: 30 });
  const { overrides } = life.supervisor;
  const set = overrides.set(wish(minute_ms));
  t.match(
    logged(life).at(-1),
    /^The override cpu_ms=60000 for 'heavy' until .* is in force, set by uid 1000; before: cpu_ms=10000\.$/,
  );
  await life.clock.advance(minute_ms - 1);
  t.equal(overrides.list().length, 1);
  await life.clock.advance(1_001);
  t.equal(overrides.list().length, 0, 'within the second');
  t.equal(logged(life).filter((line) => /The override .* is over/.test(line)).length, 1);
  t.ok(set.ok);
});

t.test('a reload ends what is over, though no tick has seen it yet', async (t) => {
  const life = await startLife({ schedule: { heavy }, interval_s: 30 });
  const { book, overrides } = life.supervisor;
  overrides.set(wish(minute_ms));
  const queries = book.entries().map(({ query }) => query);
  life.clock.jumpWallClock(minute_ms);
  t.equal(overrides.list().length, 1);
  t.ok(life.supervisor.reschedule(asked(queries), 0).ok);
  t.equal(book.get('heavy')?.limits.budget.cpu_ms, 10_000);
  life.clock.jumpWallClock(-minute_ms);
  await life.clock.advance(2_000);
  t.strictSame(overrides.list(), [], 'and a clock that is set back does not bring it back');
  t.equal(book.get('heavy')?.override, undefined);
});

t.test('a wall clock that is set forward ends it, one that is set back does not lengthen it', async (t) => {
  const forward = await startLife({ schedule: { heavy }, interval_s: 30 });
  forward.supervisor.overrides.set(wish(60 * minute_ms));
  forward.clock.jumpWallClock(61 * minute_ms);
  await forward.clock.advance(1_001);
  t.strictSame(forward.supervisor.overrides.list(), []);

  const back = await startLife({ schedule: { heavy }, interval_s: 30 });
  back.supervisor.overrides.set(wish(10 * minute_ms));
  back.clock.jumpWallClock(-24 * 60 * minute_ms);
  await back.clock.advance(11 * minute_ms);
  t.strictSame(back.supervisor.overrides.list(), []);
});

t.test('it survives a restart, and one that ran out meanwhile does not', async (t) => {
  for (const [down_ms, expected] of [
    [minute_ms, 1],
    [30 * minute_ms, 0],
  ] as const) {
    const world = createWorld({ schedule: { heavy }, interval_s: 30 });
    const first = await beginLife(world);
    first.supervisor.overrides.set(wish(20 * minute_ms));
    first.kill();
    await world.clock.advance(down_ms);
    const second = await beginLife(world);
    t.equal(second.supervisor.overrides.list().length, expected);
    t.equal(second.supervisor.book.get('heavy')?.limits.budget.cpu_ms, expected === 1 ? 60_000 : 10_000);
    const line = expected === 1 ? /is still in force/ : /is over/;
    t.ok(logged(second).some((message) => line.test(message)));
  }
});

t.test('it holds for a query that leaves the config and comes back', async (t) => {
  const life = await startLife({ schedule: { heavy }, interval_s: 30 });
  const { book, overrides, reschedule } = life.supervisor;
  overrides.set(wish(20 * minute_ms));
  const query = book.get('heavy')?.query;
  if (query === undefined) throw new Error('heavy is scheduled');
  reschedule(asked([]), 10);
  t.equal(overrides.list().length, 1);
  reschedule(asked([query]), 10);
  t.equal(book.get('heavy')?.limits.origins.cpu_ms, 'override');
});

t.test('another one replaces it, and a person can take it back; the journal tells both', async (t) => {
  const store = inMemoryGuardStore();
  const life = await startLife({ schedule: { heavy }, interval_s: 30, store });
  const { book, overrides } = life.supervisor;
  overrides.set(wish(20 * minute_ms));
  overrides.set(wish(20 * minute_ms, { cpu_ms: 70_000 }));
  t.equal(book.get('heavy')?.limits.budget.cpu_ms, 70_000);
  t.match(overrides.clear('heavy'), { ok: true, value: { limits: { cpu_ms: 70_000 } } });
  t.equal(book.get('heavy')?.limits.budget.cpu_ms, 10_000);
  t.match(store.overrides(), {
    ok: true,
    value: [
      { end: 'replaced', uid: 1000, limits: { cpu_ms: 60_000 }, former: { cpu_ms: 10_000 } },
      { end: 'cleared', uid: 1000, limits: { cpu_ms: 70_000 }, former: { cpu_ms: 60_000 } },
    ],
  });
  t.match(overrides.clear('heavy'), { ok: false, error: { message: "no limit of 'heavy' is overridden" } });
});

t.test('each limit tells where it comes from', async (t) => {
  const life = await startLife({ schedule: { heavy }, interval_s: 30 });
  life.supervisor.overrides.set(wish(minute_ms));
  const entry = life.supervisor.book.get('heavy');
  const limits = entry === undefined ? [] : limitsOf(entry);
  t.strictSame(
    limits.map(({ limit }) => limit),
    budgetNames,
  );
  t.match(
    limits.find(({ limit }) => limit === 'cpu_ms'),
    { value: 60_000, origin: 'override', until_unix_ms: life.clock.unixMs() + minute_ms },
  );
  t.match(
    limits.find(({ limit }) => limit === 'rows'),
    { value: budgetOfLevel['0'].rows, origin: 'level', until_unix_ms: null },
  );
});

t.test('what is refused, and in which words', async (t) => {
  const store = inMemoryGuardStore();
  const full = fail({ reason: 'disk_full', message: 'the disk is full.' } as const);
  let broken = false;
  const life = await startLife({
    schedule: { heavy },
    store: { ...store, putOverrides: (changed) => (broken ? full : store.putOverrides(changed)) },
  });
  const { overrides, book } = life.supervisor;
  const refusal = (more: object): string => {
    const set = overrides.set({ ...wish(minute_ms), ...more });
    return set.ok ? 'not refused' : set.error.message;
  };
  t.equal(refusal({ queryId: 'heavi' }), "no scheduled query is called 'heavi'; did you mean 'heavy'?");
  t.equal(refusal({ queryId: 'x' }), "no scheduled query is called 'x'; osquery_schedule lists the names");
  t.match(refusal({ limits: {} }), /at least one limit/);
  t.match(refusal({ for_ms: 8 * 86_400_000 }), /7 days at most/);
  t.match(refusal({ for_ms: Number.NaN }), /7 days at most/);
  t.equal(refusal({ limits: { cpu_ms: 0 } }), 'cpu_ms must be a number above 0, found 0');
  t.match(refusal({ limits: { rows: 1e9 } }), /^rows may be 10000000 at most/);
  broken = true;
  t.match(refusal({}), /could not be journalled, so it is not in force: the disk is full/);
  t.equal(book.get('heavy')?.limits.origins.cpu_ms, 'level');
});

t.test(
  'no value that is accepted is nonsense, and every value up to the widest level is accepted',
  async (t) => {
    const name = fc.constantFrom(...budgetNames);
    fc.assert(
      fc.property(name, fc.double(), fc.double(), (limit, value, for_ms) => {
        if (overrideProblem({ [limit]: value }, for_ms) !== undefined) return true;
        return value > 0 && Number.isFinite(value) && for_ms > 0 && for_ms <= 7 * 86_400_000;
      }),
    );
    fc.assert(
      fc.property(name, fc.double({ min: 0.001, max: 1, noNaN: true }), (limit, part) => {
        const most = Math.max(100, budgetOfLevel['-1'][limit]);
        return overrideProblem({ [limit]: part * most }, 1) === undefined;
      }),
    );
    t.pass('fast-check found no counterexample');
  },
);

t.test('however clocks are set, an override is never further from its end than its length', async (t) => {
  const time = fc.integer({ min: 0, max: 1e12 });
  fc.assert(
    fc.property(
      time,
      fc.integer({ min: 1, max: 604_800_000 }),
      fc.array(time, { maxLength: 6 }),
      (since, length_ms, looks) => {
        let current: LimitOverride | undefined = {
          overrideId: 'o',
          queryId: 'q',
          limits: { rows: 1 },
          former: { rows: 2 },
          uid: undefined,
          since_unix_ms: since,
          until_unix_ms: since + length_ms,
          ended_unix_ms: undefined,
          end: undefined,
        };
        for (const now_unix_ms of looks) {
          if (current === undefined) return true;
          current = overrideAt(current, now_unix_ms);
          if (current !== undefined && current.until_unix_ms - now_unix_ms > length_ms) return false;
        }
        return true;
      },
    ),
  );
  t.pass('fast-check found no counterexample');
});
