import { seededRandom } from '../../platform/seeded-random.ts';
import { applyState, strike, syncedAt_ms } from './apply-faults.ts';
import type { Breach } from './breaches.ts';
import { checkLife } from './check-life.ts';
import { drawScenario } from './draw-scenario.ts';
import {
  besideOf,
  denial_ms,
  recovery_ms,
  type Scenario,
  scheduledQuery,
  served_ms,
  statementsOf,
} from './scenario.ts';
import { SimulatedService } from './simulated-service.ts';
import { createWorld, type Step, type World } from './world.ts';

/** What one seed came to. */
export interface SeedResult {
  readonly scenario: Scenario;
  readonly steps: readonly Step[];
  readonly breaches: readonly Breach[];
}

/** Of the simulated store thread. */
const longestTask_ms = 30;
/** Stopping takes a worker's death, which may be slow. */
const stopping_ms = 6_000;

/** Draws the scenario of a seed, lives it and checks it. The same seed gives the same steps. */
export const runSeed = (seed: number): Promise<SeedResult> =>
  runScenario(drawScenario(seed, seededRandom(seed)));

/** Lives a scenario: the faults, then as long a calm as it takes to recover and to be seen serving, then a stop. */
export const runScenario = async (scenario: Scenario): Promise<SeedResult> => {
  const world = createWorld({
    seed: scenario.seed,
    queries: scenario.schedule.map(scheduledQuery),
    conducts: Object.fromEntries(statementsOf(scenario).map(({ name, conduct }) => [name, conduct])),
    beside: besideOf(scenario),
    denial_ms,
    spares: scenario.spares,
    splayPercent: scenario.splayPercent,
    mayDefer: scenario.mayDefer,
    longestTask_ms,
  });
  const service = new SimulatedService(world);
  service.start();
  for (const { at_ms, act } of turnsOf(scenario, world, service)) {
    await world.clock.advance(at_ms - world.clock.monotonicMs());
    act();
  }
  const wasUp = service.isUp;
  const stopped = service.stop();
  await world.clock.advance(stopping_ms);
  await stopped;
  const breaches = checkLife(scenario, world);
  return { scenario, steps: world.steps, breaches: wasUp ? breaches : [...breaches, notUp(world)] };
};

const notUp = (world: World): Breach => ({
  promise: 'the supervisor comes up when nothing fails',
  at_ms: world.clock.monotonicMs(),
  what: 'it was not up at the end',
});

interface Turn {
  readonly at_ms: number;
  act(): void;
}

/** The moments at which something changes, in order; the last one is the end of the life. */
const turnsOf = (scenario: Scenario, world: World, service: SimulatedService): readonly Turn[] => {
  const { faulty_ms, asks, asked, commands, reloads } = scenario;
  const faults = scenario.faults.filter(({ at_ms }) => at_ms < faulty_ms);
  const state = (at_ms: number): Turn => ({ at_ms, act: () => applyState(world, faults, at_ms) });
  const turns: Turn[] = faults.flatMap((fault) => [
    { at_ms: fault.at_ms, act: () => strike(world, fault, service) },
    state(fault.at_ms),
    state(Math.min(fault.at_ms + fault.for_ms, faulty_ms)),
  ]);
  for (const fault of faults)
    if (fault.kind === 'power_lost') turns.push({ at_ms: syncedAt_ms(fault), act: () => world.disk.sync() });
  for (const ask of asks) {
    const statement = asked.find(({ name }) => name === ask.name);
    if (statement !== undefined) turns.push({ at_ms: ask.at_ms, act: () => service.ask(ask, statement) });
  }
  for (const command of commands) turns.push({ at_ms: command.at_ms, act: () => service.command(command) });
  for (const { at_ms, schedule } of reloads)
    turns.push({ at_ms, act: () => service.reload(schedule.map(scheduledQuery)) });
  turns.push({
    at_ms: faulty_ms,
    act: () => {
      applyState(world, [], faulty_ms);
      world.disk.deadlyCall = 0;
    },
  });
  turns.push({ at_ms: faulty_ms + recovery_ms(scenario) + served_ms, act: () => undefined });
  return turns.toSorted((one, other) => one.at_ms - other.at_ms);
};
