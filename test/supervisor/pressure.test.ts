import t from 'tap';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import { SimulatedClock } from '../../platform/simulated-clock.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import type { HostPressure } from '../../protocol/host-pressure.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import { startSupervisor } from '../../supervisor/supervisor.ts';
import type { Demand } from '../offenders/demand.ts';
import { ReplayHost } from '../offenders/replay-host.ts';
import { wideOptions } from '../offenders/wide-options.ts';
import { type Conduct, quick } from '../simulation/simulated-host.ts';
import { type Life, startLife } from '../simulation/simulated-supervisor.ts';

const calm: HostPressure = {
  cpuSome_percent: 0,
  ioSome_percent: 0,
  loadPerCore: 0,
  memoryAvailable_bytes: 2 ** 33,
  memoryTotal_bytes: 2 ** 34,
  battery_percent: undefined,
};

const lifeUnder = async (
  host: { now: HostPressure },
  schedule: Readonly<Record<string, Conduct>> = { a: quick, b: quick },
): Promise<Life> => startLife({ schedule, pressure: { read: () => Promise.resolve(host.now) } });

const logged = (life: Life): string[] =>
  life.steps.flatMap((step) =>
    step.type === 'said' && step.event.type === 'log' ? [step.event.message] : [],
  );

const startsOf = (life: Life, sql: string): number[] =>
  life.steps.flatMap((step) => (step.type === 'query' && step.sql === sql ? [step.at_ms] : []));

t.test(
  'a busy host puts starts off for a bounded time, says so once, and shows it in the schedule',
  async (t) => {
    const host = { now: calm };
    const life = await lifeUnder(host);
    await life.clock.advance(12_000);
    t.equal(startsOf(life, 'a').length, 2);
    host.now = { ...calm, cpuSome_percent: 80 };
    await life.clock.advance(60_000);
    const late = startsOf(life, 'a').slice(2);
    t.ok(late.length >= 5, 'it still runs');
    t.ok(
      late.every((at_ms) => at_ms % 10_000 >= 5_000),
      `half an interval late: ${late.join(', ')}`,
    );
    t.equal(logged(life).filter((message) => /Scheduled queries wait: .*CPUs/.test(message)).length, 1);
    t.ok((life.supervisor.book.get('a')?.deferred ?? 0) >= 5);
    host.now = calm;
    await life.clock.advance(30_000);
    t.equal(logged(life).filter((message) => /Scheduled queries run again/.test(message)).length, 1);
  },
);

t.test('scarce memory lets a start fall out, and says so', async (t) => {
  const host = { now: { ...calm, memoryAvailable_bytes: 0 } };
  const life = await lifeUnder(host);
  await life.clock.advance(65_000);
  t.ok(startsOf(life, 'a').length <= 1, 'the first one came before the first reading');
  t.ok((life.supervisor.book.get('a')?.skipped ?? 0) >= 4);
  t.ok(logged(life).some((message) => /'a' is due, but the host's memory is scarce/.test(message)));
});

t.test('pressure that our own heavy query makes holds up no other one', async (t) => {
  const heavy: Conduct = { runs_ms: 6_000, cpu: 1, growth_bytes_ms: 0, end: 'done' };
  const life = await lifeUnder({ now: { ...calm, cpuSome_percent: 80 } }, { heavy, a: quick });
  await life.clock.advance(60_000);
  t.ok(
    startsOf(life, 'a')
      .slice(2)
      .every((at_ms) => at_ms % 10_000 < 1_500),
    startsOf(life, 'a').join(', '),
  );
});

const waiting: Demand = {
  name: 'waits',
  kind: 'waits',
  guilty: true,
  points: [{ at_ms: 0, cpu_ms: 0, growth_bytes: 0 }],
  after: 'goes_on',
  kept_bytes: 0,
  uninterruptible: true,
};

t.test('without a schedule, too, running out of time on a busy host is no strike', async (t) => {
  const verdictUnder = async (now: HostPressure): Promise<Verdict | undefined> => {
    const clock = new SimulatedClock();
    const host = new ReplayHost(clock, () => waiting);
    const verdicts: Verdict[] = [];
    const started = await startSupervisor(
      {
        clock,
        random: seededRandom(1),
        processHost: host.processHost,
        sampler: host.sampler,
        pressure: { read: () => Promise.resolve(now) },
        store: inMemoryGuardStore(),
        ledger: undefined,
        self: undefined,
      },
      wideOptions(1, (event) => {
        if (event.type === 'verdict') verdicts.push(event.verdict);
      }),
    );
    if (!started.ok) throw new Error(started.error.message);
    started.value.query(
      { sql: 'waits', by: { uid: 0 }, budget: budgetOfLevel['0'] },
      { columns: () => undefined, rows: () => 'more', done: () => undefined },
    );
    await clock.advance(40_000);
    return verdicts[0];
  };
  t.match(await verdictUnder({ ...calm, cpuSome_percent: 80 }), { reason: 'wall_ms', strike: false });
  t.match(await verdictUnder(calm), { reason: 'wall_ms', strike: true });
});
