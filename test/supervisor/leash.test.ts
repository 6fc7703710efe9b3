import t from 'tap';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import { fail } from '../../protocol/result.ts';
import { sqlHashOf } from '../../supervisor/workforce/run-request.ts';
import { type Conduct, healthyHost, quick } from '../simulation/simulated-host.ts';
import { type Life, startLife } from '../simulation/simulated-supervisor.ts';

const minute_ms = 60_000;
const burns: Conduct = { runs_ms: Number.POSITIVE_INFINITY, cpu: 1, growth_bytes_ms: 0, end: 'done' };
const leaks: Conduct = { ...burns, growth_bytes_ms: 50_000 };
const crashes: Conduct = { ...quick, end: 'crash' };

const said = <Type extends DaemonEvent['type']>(
  life: Life,
  type: Type,
): Extract<DaemonEvent, { type: Type }>[] =>
  life.steps.flatMap((step) =>
    step.type === 'said' && step.event.type === type
      ? [step.event as Extract<DaemonEvent, { type: Type }>]
      : [],
  );

const runsOf = (life: Life, name: string): number =>
  life.ledger.committed.filter((run) => run.name === name).length;

t.test('a lease is stored before its query is sent', async (t) => {
  const life = await startLife({ schedule: { a: quick, b: quick } });
  await life.clock.advance(minute_ms);
  let queries = 0;
  for (const [index, step] of life.steps.entries()) {
    if (step.type !== 'query') continue;
    queries += 1;
    const before = life.steps.slice(0, index);
    t.ok(
      before.some(
        (other) => other.type === 'store' && other.call === 'putLease' && other.subject === step.leaseId,
      ),
    );
  }
  t.ok(queries >= 10);
});

t.test('when the lease cannot be stored the query does not run', async (t) => {
  const full = fail({ reason: 'disk_full', message: 'the disk is full.' } as const);
  const life = await startLife({ store: { ...inMemoryGuardStore(), putLease: () => full } });
  const asked = life.ask('q');
  await life.clock.advance(1_000);
  t.match(await asked, { failure: { reason: 'store_failed', message: /the disk is full/ } });
  t.notOk(life.steps.some((step) => step.type === 'query'));
});

t.test('a verdict is stored before the signal', async (t) => {
  const life = await startLife({ schedule: { hog: leaks } });
  await life.clock.advance(30_000);
  const signal = life.steps.findIndex((step) => step.type === 'signalled');
  const verdict = life.steps.findIndex((step) => step.type === 'store' && step.call === 'putVerdict');
  t.ok(verdict >= 0 && verdict < signal);
  t.match(said(life, 'verdict'), [
    { verdict: { queryId: 'hog', reason: 'memory_mb', journalled: true, strike: true } },
  ]);
});

t.test('a kill does not wait for a store that fails; the verdict is marked and stored later', async (t) => {
  const store = inMemoryGuardStore();
  let broken = true;
  const life = await startLife({
    schedule: { hog: leaks },
    store: {
      ...store,
      putVerdict: (verdict, denial, evidence) =>
        broken ? fail({ reason: 'io', message: 'broken.' }) : store.putVerdict(verdict, denial, evidence),
    },
  });
  await life.clock.advance(30_000);
  t.ok(
    life.steps.some((step) => step.type === 'signalled'),
    'killed all the same',
  );
  t.match(life.supervisor.judge.verdicts(), [{ queryId: 'hog', journalled: false }]);
  broken = false;
  life.supervisor.judge.flush();
  const stored = store.verdicts(10);
  t.match(stored, { ok: true, value: [{ queryId: 'hog' }] });
  const denials = store.denials();
  t.match(denials, { ok: true, value: [{ queryId: 'hog', state: 'denied' }] });
});

t.test('the guilty one of four busy workers is blamed', async (t) => {
  const busy: Conduct = { runs_ms: 9_000, cpu: 0.3, growth_bytes_ms: 10_000, end: 'done' };
  const life = await startLife({ schedule: { one: busy, two: busy, guilty: leaks, four: busy } });
  await life.clock.advance(2 * minute_ms);
  t.strictSame(
    said(life, 'verdict').map(({ verdict }) => verdict.queryId),
    ['guilty'],
  );
  for (const name of ['one', 'two', 'four'])
    t.ok(runsOf(life, name) >= 10, `${name} ran ${runsOf(life, name)} times`);
});

t.test(
  'a denied query does not start, gets one probation run in a fresh worker, and is denied for longer',
  async (t) => {
    const life = await startLife({ schedule: { hog: leaks, good: quick } });
    await life.clock.advance(9 * minute_ms);
    const starts = (): readonly number[] =>
      life.steps.flatMap((step) => (step.type === 'query' && step.sql === 'hog' ? [step.at_ms] : []));
    t.equal(starts().length, 1);
    await life.clock.advance(4 * minute_ms);
    t.equal(starts().length, 2, 'after ten minutes once more');
    t.match(
      said(life, 'denied').map(({ denial }) => [denial.strikes, denial.until_unix_ms - denial.since_unix_ms]),
      [
        [1, 600_000],
        [2, 3_600_000],
      ],
    );
    const probation = life.steps.findLast((step) => step.type === 'query' && step.sql === 'hog');
    const usedBefore = life.steps.filter(
      (step) =>
        step.type === 'query' &&
        probation?.type === 'query' &&
        step.pid === probation.pid &&
        step.at_ms < probation.at_ms,
    );
    t.strictSame(usedBefore, [], 'its worker had run nothing');
    life.teach('hog', quick);
    await life.clock.advance(61 * minute_ms);
    t.ok(runsOf(life, 'hog') > 1, 'cured, it passes the next probation run and goes on');
  },
);

t.test(
  'a query whose worker dies without a verdict waits alone, longer each time, and is not denied',
  async (t) => {
    const life = await startLife({ schedule: { bad: crashes, good: quick } });
    await life.clock.advance(5 * minute_ms);
    const deaths = life.steps.filter((step) => step.type === 'query' && step.sql === 'bad').length;
    t.ok(deaths >= 4 && deaths <= 10, `${deaths} starts in 30 intervals`);
    t.ok(runsOf(life, 'good') >= 29, 'the other one keeps its interval');
    t.strictSame(life.supervisor.denylist.entries(life.clock.unixMs()), []);
    const failures = said(life, 'query_failed').map(({ message }) => message);
    t.ok(failures.some((message) => /waits until .*its worker died \d+ times in a row/.test(message)));
    life.teach('bad', quick);
    await life.clock.advance(11 * minute_ms);
    t.ok(runsOf(life, 'bad') > 1);
  },
);

t.test('a worker that is gone before it begins costs its query nothing but time', async (t) => {
  const life = await startLife();
  const first = life.ask('first');
  await life.clock.advance(1_000);
  t.notOk((await first).failure);
  life.host.loseIdle(1);
  const second = life.ask('second');
  await life.clock.advance(1_000);
  t.notOk((await second).failure, 'another worker ran it');
  const ran = life.steps.filter((step) => step.type === 'query' && step.sql === 'second');
  t.equal(ran.length, 1);
  t.ok(
    said(life, 'log').some(({ message }) =>
      /^Worker \d+ was ended by SIGKILL while it ran nothing/.test(message),
    ),
  );
});

t.test('V8 out of memory is the query’s memory, an operator’s kill is nobody’s', async (t) => {
  const life = await startLife({
    schedule: { heap: { ...quick, end: 'heap' }, killed: { ...quick, end: 'foreign_kill' } },
  });
  await life.clock.advance(15_000);
  t.match(said(life, 'verdict'), [{ verdict: { queryId: 'heap', reason: 'js_heap_exhausted' } }]);
  t.equal(said(life, 'verdict').length, 1);
});

t.test('a worker that outlives SIGKILL leaves its lane; of too many the query is denied', async (t) => {
  const life = await startLife({ denial_ms: [100] });
  const immortal = Number.POSITIVE_INFINITY;
  life.host.conduct = { ...healthyHost, death_ms: [immortal, immortal] };
  for (const sql of ['a', 'b', 'c']) {
    life.teach(sql, leaks);
    void life.ask(sql);
    await life.clock.advance(10_000);
  }
  life.host.conduct = healthyHost;
  t.equal(life.supervisor.roster.entries().filter(({ state }) => state === 'unkillable').length, 3);
  t.match(
    said(life, 'verdict')
      .map(({ verdict }) => verdict)
      .filter(({ kind }) => kind === 'deny'),
    [{ reason: 'unkillable', limit: 2, measured: 3 }],
  );
  const answer = life.ask('quick');
  await life.clock.advance(1_000);
  t.notOk((await answer).failure, 'others are still served');
});

t.test('starts that fail are tried again with back-off, and queries wait for them', async (t) => {
  const life = await startLife();
  life.host.conduct = { ...healthyHost, spawnFails: 1 };
  const asked = life.ask('q');
  await life.clock.advance(5_000);
  const spawns = said(life, 'log').filter(({ message }) => /could not be started/.test(message)).length;
  t.ok(spawns >= 4 && spawns <= 8, `${spawns} tries in five seconds`);
  life.host.conduct = healthyHost;
  await life.clock.advance(10_000);
  t.notOk((await asked).failure);
});

t.test('a worker that never becomes ready is ended and replaced', async (t) => {
  const life = await startLife();
  life.host.conduct = { ...healthyHost, startHangs: 1 };
  const asked = life.ask('q');
  await life.clock.advance(5_000);
  life.host.conduct = healthyHost;
  await life.clock.advance(10_000);
  t.notOk((await asked).failure);
  t.ok(said(life, 'log').some(({ message }) => /was not ready 10000 ms after its start/.test(message)));
});

t.test('a slow query in one lane delays no other lane and, after a moment, not even its own', async (t) => {
  const slow: Conduct = { ...quick, runs_ms: 8_000, cpu: 0.1 };
  const life = await startLife({ schedule: { s1: slow, s2: slow, s3: slow, good: quick } });
  await life.clock.advance(minute_ms);
  t.ok(runsOf(life, 'good') >= 5);
  for (const name of ['s1', 's2', 's3']) t.ok(runsOf(life, name) >= 4, name);
});

t.test('memory that stays after a query costs its worker, and nobody else', async (t) => {
  const keeps: Conduct = { ...quick, keeps_bytes: 40 * 2 ** 20 };
  const life = await startLife({ schedule: { keeps, good: quick } });
  await life.clock.advance(10 * minute_ms);
  t.strictSame(said(life, 'verdict'), []);
  t.ok(life.steps.filter((step) => step.type === 'exited').length > 10, 'its workers are recycled');
  t.ok(runsOf(life, 'good') >= 59);
});

t.test('a query that was denied while it waited does not start', async (t) => {
  const life = await startLife();
  life.teach('hog', { ...leaks, growth_bytes_ms: 2_000_000 });
  const answers = Promise.all([life.ask('hog'), life.ask('hog'), life.ask('hog')]);
  await life.clock.advance(2_000);
  t.match(
    (await answers).map(({ failure }) => failure?.reason),
    ['killed', 'killed', 'denied'],
  );
  t.equal(life.steps.filter(({ type }) => type === 'query').length, 2);
});

t.test('a query that changes its lane while it waits can still be cancelled', async (t) => {
  const life = await startLife();
  const budget = budgetOfLevel['0'];
  const ask = (sql: string, done: (outcome: QueryOutcome) => void) =>
    life.supervisor.query(
      { sql, by: { uid: 0 }, budget },
      { columns: () => undefined, rows: () => 'more' as const, done },
    );
  // Two of them fill the lane. In the moment in which the first ends the third gets its turn, and its asker gives up.
  let gaveUp = false;
  for (const sql of ['one', 'two']) {
    life.teach(sql, { ...quick, runs_ms: 200 });
    ask(sql, () => {
      if (!gaveUp) third.cancel();
      gaveUp = true;
    });
  }
  let outcome: QueryOutcome | undefined;
  const third = ask('third', (told) => {
    outcome = told;
  });
  await life.clock.advance(10);
  // By then this is over, and the third belongs into the probation lane.
  const record = { scope: 'adhoc:0', sqlHash: sqlHashOf('third', budget), queryId: 'adhoc', sql: 'third' };
  life.supervisor.denylist.add(record, 20, life.clock.unixMs());
  await life.clock.advance(2_000);
  t.equal(outcome?.failure?.reason, 'cancelled');
  t.notOk(life.steps.some((step) => step.type === 'query' && step.sql === 'third'));
});

t.test(
  'an asker that stops reading at the last rows leaves a worker that hears the next query',
  async (t) => {
    const life = await startLife();
    const { promise, resolve } = Promise.withResolvers<void>();
    life.supervisor.query(
      { sql: 'a', by: { uid: 0 }, budget: budgetOfLevel['0'] },
      { columns: () => undefined, rows: () => 'wait', done: () => resolve() },
    );
    await life.clock.advance(1_000);
    await promise;
    const next = life.ask('b');
    await life.clock.advance(1_000);
    t.notOk((await next).failure);
    t.equal(life.host.alive.length, 1, 'it is the same worker');
  },
);

t.test('stop ends every process and answers what waits', async (t) => {
  const life = await startLife();
  life.teach('long', burns);
  const asked = life.ask('long');
  await life.clock.advance(1_000);
  const stopped = life.supervisor.stop();
  await life.clock.advance(1_000);
  await stopped;
  t.match(await asked, { failure: { reason: 'stopping' } });
  t.strictSame(life.host.alive, []);
});

t.test('whatever happens to a run, its asker is answered exactly once', async (t) => {
  const ends: Record<string, Conduct> = {
    answers: quick,
    crashes,
    heap: { ...quick, end: 'heap' },
    killed: { ...quick, end: 'foreign_kill' },
    leaks,
    fails: { ...quick, end: 'failed', failure: { reason: 'sql_error', message: 'no' } },
    cancelled: burns,
    stopped: burns,
  };
  const life = await startLife();
  const answers: Record<string, number> = {};
  const cancels: Record<string, () => void> = {};
  for (const [name, conduct] of Object.entries(ends)) {
    life.teach(name, conduct);
    answers[name] = 0;
    const done = (): void => {
      answers[name] = (answers[name] ?? 0) + 1;
    };
    const query = { sql: name, by: { uid: 0 }, budget: budgetOfLevel['0'] };
    const listener = { columns: () => undefined, rows: () => 'more' as const, done };
    cancels[name] = life.supervisor.query(query, listener).cancel;
  }
  await life.clock.advance(8_000);
  cancels.cancelled?.();
  await life.clock.advance(1_000);
  const stopped = life.supervisor.stop();
  await life.clock.advance(5_000);
  await stopped;
  t.strictSame(answers, Object.fromEntries(Object.keys(ends).map((name) => [name, 1])));
});

t.test('a spare takes over at once from a worker that was killed', async (t) => {
  for (const spares of [0, 1]) {
    const life = await startLife({ spares, schedule: { hog: leaks } });
    const killed = (): boolean => life.steps.some(({ type }) => type === 'signalled');
    while (!killed()) await life.clock.advance(10);
    const from_ms = life.clock.monotonicMs();
    let took_ms = Number.NaN;
    const asked = life.ask('q').then((outcome) => {
      took_ms = life.clock.monotonicMs() - from_ms;
      return outcome;
    });
    for (let step = 0; step < 100; step += 1) await life.clock.advance(5);
    t.match((await asked).failure, undefined);
    // A simulated worker needs 50 ms and more to start, and 5 ms for the query.
    t.equal(took_ms <= 20, spares === 1, `${took_ms} ms with ${spares}`);
  }
});

t.test('spares stay when nothing is to be done', async (t) => {
  for (const spares of [0, 2]) {
    const life = await startLife({ spares });
    const asked = life.ask('q');
    await life.clock.advance(1_000);
    await asked;
    await life.clock.advance(10 * minute_ms);
    t.equal(life.host.alive.length, spares);
    const spawned = life.steps.filter(({ type }) => type === 'spawned').length;
    t.equal(spawned, Math.max(1, spares), 'and are the same ones; the first of them ran the query');
  }
});
