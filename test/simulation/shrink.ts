import { runScenario } from './run-scenario.ts';
import { type Scenario, scheduledIn } from './scenario.ts';

/** A scenario that still breaks the promise, and nothing of it can be left out. */
export interface Shrunk {
  readonly scenario: Scenario;
  /** Lives that were lived to find it. */
  readonly lives: number;
}

/** More than this and the scenario is told as far as it was cut down. */
const mostLives = 2_000;
/** Spells and moments are not cut finer. */
const finest_ms = 50;

/**
 * Cuts a scenario down while the same promise is broken: first whole parts go, then time does. Greedy and in a fixed
 * order, so the same scenario always shrinks to the same one.
 */
export const shrink = async (
  scenario: Scenario,
  promise: string,
  live: (
    scenario: Scenario,
  ) => Promise<{ readonly breaches: readonly { readonly promise: string }[] }> = runScenario,
): Promise<Shrunk> => {
  let least = scenario;
  let lives = 0;
  const breaks = async (candidate: Scenario): Promise<boolean> => {
    lives += 1;
    return (await live(candidate)).breaches.some((breach) => breach.promise === promise);
  };
  const cut = async (): Promise<boolean> => {
    for (const candidate of candidatesOf(least)) {
      if (lives >= mostLives) return false;
      if (!(await breaks(candidate))) continue;
      least = candidate;
      return true;
    }
    return false;
  };
  while (await cut());
  return { scenario: least, lives };
};

/** Every scenario that is this one less one thing, the most promising first. */
export function* candidatesOf(scenario: Scenario): Generator<Scenario> {
  const { faults, asks, commands, reloads, schedule, asked, faulty_ms } = scenario;
  for (const list of ['faults', 'asks', 'commands', 'reloads'] as const)
    if (scenario[list].length > 1) yield { ...scenario, [list]: [] };
  for (const at of faults.keys()) yield { ...scenario, faults: without(faults, at) };
  for (const at of asks.keys()) yield { ...scenario, asks: without(asks, at) };
  for (const at of commands.keys()) yield { ...scenario, commands: without(commands, at) };
  for (const at of reloads.keys()) yield { ...scenario, reloads: without(reloads, at) };
  for (const loggedName of new Set(scheduledIn(scenario).map((statement) => statement.loggedName)))
    yield {
      ...scenario,
      schedule: schedule.filter((statement) => statement.loggedName !== loggedName),
      commands: lacking(commands, loggedName),
      reloads: reloads.map((reload) => ({
        ...reload,
        schedule: reload.schedule.filter((statement) => statement.loggedName !== loggedName),
      })),
    };
  for (const [at, { name }] of asked.entries())
    yield {
      ...scenario,
      asked: without(asked, at),
      asks: lacking(asks, name),
    };
  if (scenario.isDecorated) yield { ...scenario, isDecorated: false };
  if (scenario.spares > 0) yield { ...scenario, spares: 0 };
  if (scenario.splayPercent > 0) yield { ...scenario, splayPercent: 0 };
  if (faulty_ms > 2_000) yield { ...scenario, faulty_ms: faulty_ms / 2 };
  for (const [at, fault] of faults.entries())
    if (fault.for_ms >= 2 * finest_ms)
      yield { ...scenario, faults: faults.with(at, { ...fault, for_ms: Math.floor(fault.for_ms / 2) }) };
}

const lacking = <T extends { readonly name: string }>(list: readonly T[], name: string): readonly T[] =>
  list.filter((each) => each.name !== name);

const without = <T>(list: readonly T[], at: number): readonly T[] => list.toSpliced(at, 1);
