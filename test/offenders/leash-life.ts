import type { HostPressureProbe } from '../../platform/host-pressure.ts';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import { SimulatedClock } from '../../platform/simulated-clock.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import { startSupervisor } from '../../supervisor/supervisor.ts';
import type { Demand, DemandLife, LifeOutcome, RuleOutcome } from './demand.ts';
import { ReplayHost } from './replay-host.ts';
import { wideOptions } from './wide-options.ts';

/** Workers that are busy at once. */
const lanes = 4;
/** Longer than any lease may last and any worker may take to be replaced. */
const step_ms = 1_000;
const longest_ms = 600_000;

const calm: HostPressureProbe = {
  read: () =>
    Promise.resolve({
      cpuSome_percent: 0,
      ioSome_percent: 0,
      loadPerCore: 0,
      memoryAvailable_bytes: 2 ** 33,
      memoryTotal_bytes: 2 ** 34,
      battery_percent: undefined,
    }),
};

/**
 * A life under Leash: the product's supervisor, with its workforce, watch, policies, judge and denylist, on replayed
 * processes and virtual time, with four live queries at once.
 */
export const leashLife = async (life: DemandLife, seed: number): Promise<LifeOutcome> => {
  const clock = new SimulatedClock();
  const demands = new Map(life.starts.map(({ demand }) => [demand.name, demand]));
  const demandOf = (sql: string): Demand => {
    const demand = demands.get(sql);
    if (demand === undefined) throw new Error(`no demand is called ${sql}`);
    return demand;
  };
  const host = new ReplayHost(clock, demandOf);
  const verdicts: Verdict[] = [];
  const options = wideOptions(lanes, (event) => {
    if (event.type === 'verdict') verdicts.push(event.verdict);
  });
  const started = await startSupervisor(
    {
      clock,
      random: seededRandom(seed),
      processHost: host.processHost,
      sampler: host.sampler,
      pressure: calm,
      store: inMemoryGuardStore(),
      ledger: undefined,
      self: undefined,
    },
    options,
  );
  if (!started.ok) throw new Error(started.error.message);
  const began = new Map<string, { readonly leaseId: string; readonly at_ms: number }>();
  const ended = new Map<string, number>();
  for (const { at_ms, demand } of life.starts) {
    clock.after(at_ms, () => {
      started.value.query(
        { sql: demand.name, by: { uid: 0 }, budget: budgetOfLevel['0'] },
        {
          started: ({ leaseId }) => void began.set(demand.name, { leaseId, at_ms: clock.monotonicMs() }),
          columns: () => undefined,
          rows: () => 'more',
          done: () => void ended.set(demand.name, clock.monotonicMs()),
        },
      );
    });
  }
  while (ended.size < life.starts.length && clock.monotonicMs() < longest_ms) await clock.advance(step_ms);
  const stopping = started.value.stop();
  await clock.advance(step_ms);
  await stopping;
  const outcomes = life.starts.map(({ demand }): RuleOutcome => {
    const verdict = verdicts.find(({ sql }) => sql === demand.name);
    const from_ms = began.get(demand.name)?.at_ms;
    const to_ms = ended.get(demand.name);
    const after_ms = from_ms !== undefined && to_ms !== undefined ? to_ms - from_ms : undefined;
    return {
      demand,
      ran: from_ms !== undefined,
      stopped: verdict !== undefined,
      after_ms: verdict === undefined ? undefined : after_ms,
    };
  });
  // The lease says which worker ran what; a verdict whose lease belongs to another statement blames the wrong one.
  const wrong = verdicts.filter(
    ({ sql, leaseId }) => began.get(sql)?.leaseId !== leaseId || !demandOf(sql).guilty,
  );
  return { outcomes, stops: verdicts.length, wrongBlames: wrong.length };
};
