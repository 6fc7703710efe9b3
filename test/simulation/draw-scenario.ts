import type { Random } from '../../platform/random.ts';
import { type Conduct, quick } from './conduct.ts';
import {
  type Ask,
  type Command,
  type Fault,
  type FaultKind,
  faultKinds,
  type Scenario,
  type ScheduledStatement,
  type Statement,
} from './scenario.ts';

const forever = Number.POSITIVE_INFINITY;
const mebibyte = 2 ** 20;

type Kind = Omit<Statement, 'name'>;

const innocent = (conduct: Conduct, shareLimited = false): Kind => ({
  conduct,
  guilt: undefined,
  shareLimited,
});

const between = (random: Random, least: number, most: number): number =>
  least + (most - least) * random.fraction();

/** Queries that must not be judged, some of which look as if they should. */
const innocents: readonly ((random: Random) => Kind)[] = [
  () => innocent({ ...quick, most_rows: 3 }),
  (random) => innocent({ ...quick, runs_ms: between(random, 5, 400), most_rows: 4 }),
  // Heavy, but within its budget.
  (random) =>
    innocent({
      runs_ms: 800,
      cpu: between(random, 0.5, 1),
      growth_bytes_ms: 110_000 * random.fraction(),
      end: 'done',
      most_rows: 3,
      keeps_bytes: 30 * mebibyte * random.fraction(),
    }),
  // Waits for a slow disk.
  () => innocent({ runs_ms: 1_500, cpu: 0.01, growth_bytes_ms: 0, read_bytes_ms: 10_000, end: 'done' }),
  // A burst that is too short to fill its share of the window.
  () => innocent({ ...quick, runs_ms: 200 }, true),
  (random) => innocent({ ...quick, keeps_bytes: 50 * mebibyte * random.fraction() }),
  (random) => innocent({ ...quick, runs_ms: between(random, 5, 300), end: 'crash' }),
  () => innocent({ ...quick, end: 'crash', most_rows: 3 }),
  () => innocent({ ...quick, end: 'foreign_kill' }),
  () => innocent({ ...quick, end: 'failed', failure: { reason: 'sql_error', message: 'no such table: x' } }),
];

const offenders: readonly ((random: Random) => Kind)[] = [
  (random) => ({
    conduct: { runs_ms: forever, cpu: between(random, 0.65, 1), growth_bytes_ms: 0, end: 'done' },
    guilt: 'cpu_ms',
    shareLimited: false,
  }),
  (random) => ({
    conduct: { runs_ms: forever, cpu: between(random, 0.8, 1), growth_bytes_ms: 0, end: 'done' },
    guilt: 'cpu_percent',
    shareLimited: true,
  }),
  (random) => ({
    conduct: {
      runs_ms: forever,
      cpu: 0.5,
      growth_bytes_ms: 80_000 * 20 ** random.fraction(),
      end: 'done',
    },
    guilt: 'memory_mb',
    shareLimited: false,
  }),
  (random) => ({
    conduct: {
      runs_ms: forever,
      cpu: 0.1,
      growth_bytes_ms: 0,
      read_bytes_ms: between(random, 60_000, 1_000_000),
      end: 'done',
    },
    guilt: 'read_mb',
    shareLimited: false,
  }),
  () => ({
    conduct: { runs_ms: forever, cpu: 0.001, growth_bytes_ms: 0, end: 'done' },
    guilt: 'wall_ms',
    shareLimited: false,
  }),
  () => ({ conduct: { ...quick, end: 'heap' }, guilt: 'js_heap_exhausted', shareLimited: false }),
  () => ({ conduct: { ...quick, floods: true }, guilt: 'result_mb', shareLimited: false }),
  // The engine's own stops.
  () => ({
    conduct: {
      ...quick,
      runs_ms: 1_000,
      end: 'failed',
      failure: { reason: 'limit', limit: 'cpu_ms', measured: 1_001, message: 'too much' },
    },
    guilt: 'cpu_ms',
    shareLimited: false,
  }),
  () => ({
    conduct: {
      ...quick,
      end: 'failed',
      failure: { reason: 'limit', limit: 'rows', measured: 1_001, message: 'too many' },
    },
    guilt: 'rows',
    shareLimited: false,
  }),
];

const offenderShare = 0.4;
/** Of the statements: they read a table that needs a socket. */
const netShare = 0.25;
/** Of the lives that keep a warm spare. */
const spareShare = 0.2;
const faulty_ms = 8_000;

/** Longer would leave waits behind that outlast the calm after it: back-off doubles with each failure. */
const longest_ms: Partial<Record<FaultKind, number>> = {
  spawn_fails: 2_500,
  start_hangs: 1_500,
  supervisor_held_up: 2_500,
};

const below = (random: Random, most: number): number => Math.floor(random.fraction() * most);

const pick = <T>(random: Random, list: readonly T[]): T => {
  const chosen = list[below(random, list.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
};

const many = <T>(count: number, draw: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => draw(index));

const drawStatement = (random: Random, name: string): Statement => {
  const kind = pick(random, random.fraction() < offenderShare ? offenders : innocents)(random);
  if (random.fraction() >= netShare) return { name, ...kind };
  return { name, ...kind, conduct: { ...kind.conduct, needsNet: true } };
};

const drawScheduled = (random: Random, name: string): ScheduledStatement => ({
  ...drawStatement(random, name),
  interval_s: 2 + below(random, 3),
  snapshot: random.fraction() < 0.2,
  mayBeDenied: random.fraction() < 0.9,
});

const drawAsk = (random: Random, names: readonly string[]): Ask => ({
  at_ms: below(random, faulty_ms + 8_000),
  name: pick(random, names),
  cancelAfter_ms: random.fraction() < 0.3 ? below(random, 2_000) : undefined,
  readsAfter_ms: random.fraction() < 0.2 ? below(random, 4_000) : 0,
});

const drawCommand = (random: Random, names: readonly string[]): Command => ({
  at_ms: below(random, faulty_ms),
  kind: random.fraction() < 0.5 ? 'deny' : 'clear',
  name: pick(random, names),
  for_ms: below(random, 3_000),
});

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

/** Draws a life. */
export const drawScenario = (seed: number, random: Random): Scenario => {
  const schedule = many(2 + below(random, 5), (index) => drawScheduled(random, `q${index}`));
  const asked = many(1 + below(random, 3), (index) => drawStatement(random, `a${index}`));
  const names = schedule.map(({ name }) => name);
  const askable = asked.map(({ name }) => name);
  return {
    seed,
    schedule,
    asked,
    asks: many(below(random, 7), () => drawAsk(random, askable)),
    commands: many(below(random, 3), () => drawCommand(random, names)),
    faults: drawFaults(random),
    spares: random.fraction() < spareShare ? 1 : 0,
    faulty_ms,
  };
};
