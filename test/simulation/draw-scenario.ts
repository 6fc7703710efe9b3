import type { Random } from '../../platform/random.ts';
import { below, happens, many, pick } from './draw.ts';
import { drawStatement } from './draw-statements.ts';
import {
  type Ask,
  type Command,
  type Fault,
  type FaultKind,
  faultKinds,
  type PackName,
  type Reload,
  type Scenario,
  type ScheduledStatement,
  scheduledIn,
} from './scenario.ts';

/** Of the lives that keep a warm spare. */
const spareShare = 0.2;
/** Of the scheduled statements: they read an event table. */
const eventShare = 0.2;
/** Of the lives in which starts are spread over the interval; it is too short to be drawn itself. */
const splayShare = 0.3;
const splay_percent = 10;
/** Of the lives in which busy CPUs and disks put no start off. */
const punctualShare = 0.3;
/** Of the lives whose lines are decorated, and of those with packs that discovery decides about. */
const decoratedShare = 0.3;
const packsShare = 0.3;
const faulty_ms = 8_000;

/** Longer would leave waits behind that outlast the calm after it: back-off doubles with each failure. */
const longest_ms: Partial<Record<FaultKind, number>> = {
  spawn_fails: 2_500,
  start_hangs: 1_500,
  supervisor_held_up: 2_500,
};

const drawScheduled = (random: Random, id: string): ScheduledStatement => {
  const readsEvents = happens(random, eventShare);
  return {
    ...drawStatement(random, readsEvents ? `${id} of process_events` : id),
    loggedName: id,
    readsEvents,
    interval_s: drawInterval_s(random),
    snapshot: happens(random, 0.2),
    mayBeDenied: happens(random, 0.9),
    paths: drawPaths(random),
    pack: undefined,
  };
};

const drawInterval_s = (random: Random): number => 2 + below(random, 3);

const drawPaths = (random: Random): number => 1_000 + below(random, 1_000);

const drawAsk = (random: Random, names: readonly string[]): Ask => ({
  at_ms: below(random, faulty_ms + 8_000),
  name: pick(random, names),
  cancelAfter_ms: random.fraction() < 0.3 ? below(random, 2_000) : undefined,
  readsAfter_ms: random.fraction() < 0.2 ? below(random, 4_000) : 0,
});

const drawCommand = (random: Random, names: readonly string[]): Command => {
  const [at_ms, name, for_ms] = [below(random, faulty_ms), pick(random, names), below(random, 3_000)];
  const which = random.fraction();
  if (which < 0.25) return { at_ms, name, kind: 'deny', for_ms };
  if (which < 0.5) return { at_ms, name, kind: 'clear' };
  if (which < 0.6) return { at_ms, name, kind: 'take_back' };
  const limits = happens(random, 0.3) ? { rows: drawPaths(random) } : { paths: drawPaths(random) };
  return { at_ms, name, kind: 'override', for_ms: 500 + 2 * for_ms, limits };
};

/** A query of the schedule, and another SQL that takes its name. */
type Pair = readonly [ScheduledStatement, ScheduledStatement];

/** Another config: some of the queries leave, some change, some come, or come back. */
const drawReload = (random: Random, pairs: readonly Pair[]): readonly ScheduledStatement[] =>
  pairs
    .filter(() => happens(random, 0.75))
    .map(([statement, other]) => {
      const which = random.fraction();
      if (which < 0.75) return statement;
      if (which < 0.85) return other;
      return { ...statement, interval_s: drawInterval_s(random), paths: drawPaths(random) };
    });

const drawReloads = (random: Random, schedule: readonly ScheduledStatement[]): readonly Reload[] => {
  const count = happens(random, 0.5) ? 0 : 1 + below(random, 3);
  if (count === 0) return [];
  const all = [...schedule, ...many(below(random, 3), (index) => drawScheduled(random, `r${index}`))];
  const pairs = all.map((statement): Pair => {
    const other = drawStatement(random, `another ${statement.name}`);
    return [statement, { ...statement, ...other }];
  });
  return many(count, () => ({ at_ms: below(random, faulty_ms), schedule: drawReload(random, pairs) }));
};

/** A fault that shows most beside another one often brings it along. */
const companions: Partial<Record<FaultKind, FaultKind>> = { log_rotated: 'results_store_fails' };

const drawKinds = (random: Random): readonly FaultKind[] =>
  many(below(random, 5), () => pick(random, faultKinds)).flatMap((kind) => {
    const companion = companions[kind];
    return companion === undefined || random.fraction() < 0.5 ? [kind] : [kind, companion];
  });

/**
 * Few kinds of faults in each life, each of them for one to three spells: where everything fails at once, nothing is
 * reached that lies behind a success.
 */
const drawFaults = (random: Random): readonly Fault[] =>
  drawKinds(random).flatMap((kind) =>
    many(1 + below(random, 3), () => ({
      kind,
      at_ms: below(random, faulty_ms),
      for_ms: 50 + below(random, longest_ms[kind] ?? 6_000),
      amount: random.fraction(),
    })),
  );

const drawPack = (random: Random): PackName | undefined => {
  const which = random.fraction();
  return which < 0.4 ? undefined : which < 0.7 ? 'here' : 'elsewhere';
};

/** Puts some of the queries into packs, under each config into the same. */
const packed = (random: Random, scenario: Scenario): Scenario => {
  if (!happens(random, packsShare)) return scenario;
  const names = new Set(scheduledIn(scenario).map(({ loggedName }) => loggedName));
  const packs = new Map([...names].map((name) => [name, drawPack(random)]));
  const inPack = (statement: ScheduledStatement): ScheduledStatement => ({
    ...statement,
    pack: packs.get(statement.loggedName),
  });
  return {
    ...scenario,
    schedule: scenario.schedule.map(inPack),
    reloads: scenario.reloads.map(({ at_ms, schedule }) => ({ at_ms, schedule: schedule.map(inPack) })),
  };
};

/** Draws a life. */
export const drawScenario = (seed: number, random: Random): Scenario => {
  const schedule = many(2 + below(random, 5), (index) => drawScheduled(random, `q${index}`));
  const asked = many(1 + below(random, 3), (index) => drawStatement(random, `a${index}`));
  const names = schedule.map(({ loggedName }) => loggedName);
  const askable = asked.map(({ name }) => name);
  const scenario = {
    seed,
    schedule,
    asked,
    asks: many(below(random, 7), () => drawAsk(random, askable)),
    commands: many(below(random, 4), () => drawCommand(random, names)),
    reloads: drawReloads(random, schedule),
    faults: drawFaults(random),
    spares: happens(random, spareShare) ? 1 : 0,
    splayPercent: happens(random, splayShare) ? splay_percent : 0,
    mayDefer: !happens(random, punctualShare),
    isDecorated: happens(random, decoratedShare),
    faulty_ms,
  };
  return packed(random, scenario);
};
