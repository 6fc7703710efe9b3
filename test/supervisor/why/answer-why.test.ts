import t from 'tap';
import type { HostPressure } from '../../../protocol/host-pressure.ts';
import type { WhyAnswer } from '../../../protocol/why.ts';
import { factSql_chars } from '../../../protocol/why.ts';
import { answerWhy } from '../../../supervisor/why/answer-why.ts';
import { packWith, scheduledQuery } from '../../simulation/asked.ts';
import { type Conduct, quick } from '../../simulation/simulated-host.ts';
import { type Life, startLife } from '../../simulation/simulated-supervisor.ts';

const leaks: Conduct = { runs_ms: Number.POSITIVE_INFINITY, cpu: 1, growth_bytes_ms: 50_000, end: 'done' };

const ask = (life: Life, name: string): WhyAnswer => {
  const answer = answerWhy(name, life.supervisor, { clock: life.clock, packDelimiter: '_' });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};

t.test('a query that was killed: verdict, evidence, record, and what the schedule knows', async (t) => {
  const life = await startLife({ schedule: { hog: leaks, good: quick } });
  await life.clock.advance(30_000);
  const { now_unix_ms, denial_ms, queries, quiet } = ask(life, 'hog');
  t.equal(now_unix_ms, life.clock.unixMs());
  t.strictSame(denial_ms, [600_000, 3_600_000, 86_400_000]);
  t.strictSame(quiet, []);
  t.match(queries, [
    {
      name: 'hog',
      sql: 'hog',
      verdicts: { length: 1, 0: { reason: 'memory_mb', strike: true } },
      evidence: { queryId: 'hog', points: { length: Number } },
      denials: { length: 1, 0: { state: 'denied', strikes: 1 } },
      heldBack: null,
      schedule: { interval_s: 10, running: false, executions: 0, lastGood: null, skipped: 0, deferred: 0 },
    },
  ]);
  const [facts] = queries;
  t.equal(facts?.evidence?.verdictId, facts?.verdicts[0]?.verdictId);
  t.equal(facts?.schedule?.sqlHash, facts?.denials[0]?.sqlHash);
  t.match(facts?.schedule?.lastFault, { reason: 'killed' }, 'not that it is denied');
});

t.test('a query whose worker dies waits', async (t) => {
  const life = await startLife({ schedule: { bad: { ...quick, end: 'crash' } } });
  await life.clock.advance(70_000);
  const [facts] = ask(life, 'bad').queries;
  t.ok((facts?.heldBack?.deaths ?? 0) >= 3);
  t.ok((facts?.heldBack?.until_unix_ms ?? 0) > life.clock.unixMs());
  t.match(facts?.schedule?.lastFault, { reason: 'worker_died' });
  t.strictSame([facts?.verdicts, facts?.denials], [[], []]);
});

t.test('starts that the host lost are counted with why and when', async (t) => {
  const scarce: HostPressure = {
    cpuSome_percent: 0,
    ioSome_percent: 0,
    loadPerCore: 0,
    memoryAvailable_bytes: 1,
    memoryTotal_bytes: 2 ** 34,
    battery_percent: undefined,
  };
  const pressure = { read: () => Promise.resolve(scarce) };
  const slow: Conduct = { ...quick, runs_ms: 25_000, cpu: 0.01 };
  const squeezed = await startLife({ schedule: { q: quick }, pressure });
  await squeezed.clock.advance(30_000);
  t.match(ask(squeezed, 'q').queries[0]?.schedule, {
    lastDeferral: { reason: 'memory', at_unix_ms: Number },
    lastSkip: { reason: 'memory', at_unix_ms: Number },
  });
  const late = await startLife({ schedule: { slow } });
  await late.clock.advance(30_000);
  t.match(ask(late, 'slow').queries[0]?.schedule, { skipped: 2, lastSkip: { reason: 'former_run' } });
});

t.test('a query whose pack is not for this host at present', async (t) => {
  const life = await startLife({
    queries: [scheduledQuery('pack_p_q', { pack: 'p' })],
    beside: { packs: [packWith('p', 'is it')] },
    conducts: { 'is it': { ...quick, most_rows: 0 } },
  });
  t.match(ask(life, 'p').queries[0]?.schedule?.packHold, { pack: 'p', kind: 'unanswered' });
  await life.clock.advance(10_000);
  t.match(ask(life, 'p').queries[0]?.schedule, {
    packHold: { pack: 'p', kind: 'nothing', sql: 'is it', at_unix_ms: Number },
  });
});

t.test('of a pack only what has a story is told', async (t) => {
  const life = await startLife({ schedule: { pack_p_hog: leaks, pack_p_good: quick, other: leaks } });
  await life.clock.advance(30_000);
  const { queries, quiet } = ask(life, 'p');
  t.strictSame(
    queries.map(({ name }) => name),
    ['pack_p_hog'],
  );
  t.strictSame(quiet, ['pack_p_good']);
  const [good] = ask(life, 'pack_p_good').queries;
  t.match(good, { name: 'pack_p_good', schedule: { lastFault: null } }, 'but by its name it is');
});

t.test('ad-hoc queries are known by one name, and long SQL is cut', async (t) => {
  const life = await startLife();
  const long = `leaks ${'x'.repeat(2 * factSql_chars)}`;
  for (const sql of ['leaks', long]) {
    life.teach(sql, leaks);
    void life.ask(sql);
  }
  await life.clock.advance(30_000);
  const [facts] = ask(life, 'adhoc').queries;
  t.equal(facts?.schedule, null);
  t.equal(facts?.verdicts.length, 2);
  t.equal(facts?.denials.length, 2);
  t.ok(JSON.stringify(facts).length < 2 * factSql_chars);
  t.ok((facts?.sql.length ?? 0) <= factSql_chars);
});
