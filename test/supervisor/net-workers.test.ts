import t from 'tap';
import type { ProcessHost } from '../../platform/process-host.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import type { Lease } from '../../protocol/lease.ts';
import { type Conduct, quick } from '../simulation/simulated-host.ts';
import { type Life, startLife } from '../simulation/simulated-supervisor.ts';
import type { Step } from '../simulation/world.ts';

const minute_ms = 60_000;
const asksNet: Conduct = { ...quick, needsNet: true };
const leaksNet: Conduct = { ...asksNet, runs_ms: Number.POSITIVE_INFINITY, growth_bytes_ms: 50_000 };
const long: Conduct = { ...quick, runs_ms: 400 };

const queries = (life: Life, sql: string): Extract<Step, { type: 'query' }>[] =>
  life.steps.filter((step) => step.type === 'query').filter((step) => step.sql === sql);

const spawned = (life: Life): string[] =>
  life.steps.filter((step) => step.type === 'spawned').map(({ profile }) => profile);

t.test(
  'a query that needs a socket is prepared once and then goes to a worker that may open one',
  async (t) => {
    const life = await startLife({ schedule: { curl: asksNet, time: quick } });
    await life.clock.advance(minute_ms + 5_000);
    const [first, ...later] = queries(life, 'curl').map(({ profile, onlyPrepares }) => [
      profile,
      onlyPrepares,
    ]);
    t.strictSame(first, ['pure', true]);
    t.ok(later.length >= 5);
    t.ok(later.every(([profile]) => profile === 'net'));
    t.ok(queries(life, 'time').every(({ profile }) => profile === 'pure'));
    const committed = life.ledger.committed.filter(({ name }) => name === 'curl');
    t.equal(committed.length, later.length, 'the preparation is no run of its own');
  },
);

t.test('the first lease ends in the store before the second is put there, and costs nothing', async (t) => {
  const life = await startLife({ conducts: { curl: asksNet } });
  const asked = life.ask('curl');
  await life.clock.advance(1_000);
  t.match(await asked, { failure: undefined });
  const calls = life.steps.flatMap((step) =>
    step.type === 'store' && (step.call === 'putLease' || step.call === 'endLease') ? [step] : [],
  );
  t.strictSame(
    calls.map(({ call }) => call),
    ['putLease', 'endLease', 'putLease', 'endLease'],
  );
  const leases = calls.flatMap(({ lease }): Lease[] => (lease === undefined ? [] : [lease]));
  t.equal(new Set(leases.map(({ leaseId }) => leaseId)).size, 2);
  t.equal(new Set(leases.map(({ worker }) => worker.pid)).size, 2);
  t.notOk(life.steps.some((step) => step.type === 'said' && step.event.type === 'verdict'));
});

t.test(
  'an offender in such a worker is stopped and denied; its probation run comes in a fresh one',
  async (t) => {
    const life = await startLife({ schedule: { hog: leaksNet, good: asksNet } });
    await life.clock.advance(12 * minute_ms);
    const verdicts = life.steps.flatMap((step) =>
      step.type === 'said' && step.event.type === 'verdict' ? [step.event.verdict] : [],
    );
    t.strictSame(
      verdicts.map(({ queryId, reason }) => [queryId, reason]),
      [
        ['hog', 'memory_mb'],
        ['hog', 'memory_mb'],
      ],
    );
    const [, ran, probation] = queries(life, 'hog');
    t.match([ran, probation], [{ profile: 'net' }, { profile: 'net' }]);
    const before = life.steps.slice(0, life.steps.indexOf(probation as Step));
    t.notOk(before.some((step) => step.type === 'query' && step.pid === probation?.pid));
  },
);

t.test('who gives up between the two leases is not run', async (t) => {
  const life = await startLife({ conducts: { curl: asksNet } });
  const host = life.host.processHost as { spawnWorker: ProcessHost['spawnWorker'] };
  const { spawnWorker } = host;
  let outcome: unknown;
  let cancel = (): void => undefined;
  host.spawnWorker = (profile, listener) =>
    spawnWorker(profile, {
      ...listener,
      message: (message) => {
        // The wish to stop and the worker's word that it needs a socket cross.
        if (message.type === 'needs_net') cancel();
        listener.message(message);
      },
    });
  const run = life.supervisor.query(
    { sql: 'curl', by: { uid: 0 }, budget: budgetOfLevel['0'] },
    {
      columns: () => undefined,
      rows: () => 'more',
      done: (told) => {
        outcome = told;
      },
    },
  );
  cancel = run.cancel;
  await life.clock.advance(5_000);
  t.match(outcome, { failure: { reason: 'cancelled' } });
  t.strictSame(
    queries(life, 'curl').map(({ profile }) => profile),
    ['pure'],
  );
});

t.test('in a house with room for one worker both kinds are served', async (t) => {
  const life = await startLife({ maxWorkers: 1, conducts: { curl: asksNet } });
  for (const sql of ['time', 'curl', 'time', 'curl']) {
    const asked = life.ask(sql);
    await life.clock.advance(2_000);
    t.match(await asked, { failure: undefined }, sql);
  }
  t.strictSame(spawned(life), ['pure', 'net', 'pure', 'net']);
});

t.test('a full house that is never idle makes room for who came first', async (t) => {
  const life = await startLife({ maxWorkers: 2, conducts: { curl: asksNet, long } });
  const answered: string[] = [];
  const ask = (sql: string): void => void life.ask(sql).then(() => answered.push(sql));
  for (let each = 0; each < 4; each += 1) ask('long');
  ask('curl');
  for (let each = 0; each < 40; each += 1) ask('long');
  await life.clock.advance(4_000);
  t.ok(answered.indexOf('curl') >= 4, 'not before those who came earlier');
  t.ok(answered.indexOf('curl') < 20, `answered ${answered.indexOf('curl')}th`);
});

t.test('a worker that may open sockets is not kept warm', async (t) => {
  const life = await startLife({ spares: 1, conducts: { curl: asksNet } });
  const asked = life.ask('curl');
  await life.clock.advance(1_000);
  await asked;
  await life.clock.advance(30_000);
  const profiles = life.supervisor.roster.entries().map(({ profile }) => profile);
  t.ok(profiles.length > 0 && profiles.every((profile) => profile === 'pure'));
});

t.test('a kind of worker that cannot be started does not hold up the other', async (t) => {
  const life = await startLife({ conducts: { curl: asksNet, long } });
  const host = life.host.processHost as { spawnWorker: ProcessHost['spawnWorker'] };
  const { spawnWorker } = host;
  host.spawnWorker = (profile, listener) =>
    profile === 'net'
      ? { ok: false, error: { reason: 'spawn_failed', message: 'no such profile' } }
      : spawnWorker(profile, listener);
  void life.ask('curl');
  await life.clock.advance(5_000);
  for (let each = 0; each < 40; each += 1) void life.ask('long');
  await life.clock.advance(5_000);
  t.ok(spawned(life).length >= 2, 'another pure worker came');
});
