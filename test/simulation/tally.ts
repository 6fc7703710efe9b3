import { runSeed, type SeedResult } from './run-scenario.ts';

/** What many seeds came to. */
export interface Tally {
  readonly seeds: number;
  readonly steps: number;
  readonly queries: number;
  /** SIGKILLs to workers. */
  readonly kills: number;
  /** Supervisors that were killed in the middle of their work, and started again. */
  readonly restarts: number;
  readonly verdicts: number;
  /** Of those: told while four workers or more were busy, so that there were others to blame. */
  readonly amongFour: number;
  /** Queries that were slowed (a row of runs counts once), limits that were set for a time, configs that were read again. */
  readonly slowed: number;
  readonly overrides: number;
  readonly reloads: number;
  /** CPU time of the thread that lived them. */
  readonly cpu_ms: number;
  /** The first seed that broke a promise. */
  readonly broken: number | undefined;
}

export const nothing: Tally = {
  seeds: 0,
  steps: 0,
  queries: 0,
  kills: 0,
  restarts: 0,
  verdicts: 0,
  amongFour: 0,
  slowed: 0,
  overrides: 0,
  reloads: 0,
  cpu_ms: 0,
  broken: undefined,
};

/** Two tallies as one. */
export const add = (one: Tally, other: Tally): Tally => ({
  seeds: one.seeds + other.seeds,
  steps: one.steps + other.steps,
  queries: one.queries + other.queries,
  kills: one.kills + other.kills,
  restarts: one.restarts + other.restarts,
  verdicts: one.verdicts + other.verdicts,
  amongFour: one.amongFour + other.amongFour,
  slowed: one.slowed + other.slowed,
  overrides: one.overrides + other.overrides,
  reloads: one.reloads + other.reloads,
  cpu_ms: one.cpu_ms + other.cpu_ms,
  broken: lower(one.broken, other.broken),
});

const lower = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

/** Lives seeds one after another, up to the first that breaks a promise. */
export const liveSeeds = async (from: number, count: number): Promise<Tally> => {
  const before = process.threadCpuUsage();
  let tally = nothing;
  for (let seed = from; seed < from + count && tally.broken === undefined; seed += 1)
    tally = add(tally, tallyOf(await runSeed(seed)));
  const used = process.threadCpuUsage(before);
  return { ...tally, cpu_ms: (used.user + used.system) / 1000 };
};

const tallyOf = ({ scenario, steps, breaches }: SeedResult): Tally => {
  const tally = {
    queries: 0,
    kills: 0,
    restarts: 0,
    verdicts: 0,
    amongFour: 0,
    slowed: 0,
    overrides: 0,
    reloads: 0,
  };
  const busy = new Set<number>();
  for (const step of steps) {
    if (step.type === 'query') {
      busy.add(step.pid);
      tally.queries += 1;
    }
    if (step.type === 'exited' || step.type === 'answered' || step.type === 'needed_net')
      busy.delete(step.pid);
    if (step.type === 'signalled') tally.kills += 1;
    if (step.type === 'supervisor_killed') tally.restarts += 1;
    if (step.type === 'override_set') tally.overrides += 1;
    if (step.type === 'rescheduled') tally.reloads += 1;
    if (step.type === 'said' && step.event.type === 'verdict') {
      tally.verdicts += 1;
      if (step.event.verdict.kind === 'throttle') tally.slowed += 1;
      if (busy.size >= 4) tally.amongFour += 1;
    }
  }
  const broken = breaches.length > 0 ? scenario.seed : undefined;
  return { ...tally, seeds: 1, steps: steps.length, cpu_ms: 0, broken };
};
