import type { Random } from '../../platform/random.ts';
import { type Conduct, type HostConduct, healthyHost, quick } from './simulated-host.ts';

/** A statement of a scenario and whether it may be judged. */
export interface Statement {
  readonly name: string;
  readonly conduct: Conduct;
  /** What it is guilty of; undefined: nothing, a verdict about it would be a false kill. */
  readonly guilt: 'memory' | 'cpu' | 'wall' | 'heap' | undefined;
}

/** Something that goes wrong at a time, for a time. */
export interface Fault {
  readonly kind:
    | 'spawn_fails'
    | 'start_hangs'
    | 'store_fails'
    | 'clock_jump'
    | 'supervisor_killed'
    | 'slow_death';
  readonly at_ms: number;
  readonly for_ms: number;
  /** Of a clock jump. */
  readonly by_ms: number;
}

/** One life, drawn from a seed. */
export interface Scenario {
  readonly seed: number;
  readonly statements: readonly Statement[];
  readonly faults: readonly Fault[];
  /** Virtual time with faults; as long again without any follows. */
  readonly faulty_ms: number;
}

const forever = Number.POSITIVE_INFINITY;

/** What queries are like. Budgets are those of level 0: 10 s of CPU, 30 s of time, 200 MiB of growth. */
const kinds: readonly ((random: Random) => Omit<Statement, 'name'>)[] = [
  () => ({ conduct: quick, guilt: undefined }),
  (random) => ({ conduct: { ...quick, runs_ms: 50 + 2_000 * random.fraction() }, guilt: undefined }),
  // Heavy, but within its budget.
  (random) => ({
    conduct: { runs_ms: 8_000, cpu: 1, growth_bytes_ms: 20_000 * random.fraction(), end: 'done' },
    guilt: undefined,
  }),
  // Waits for a slow disk.
  () => ({ conduct: { runs_ms: 20_000, cpu: 0.01, growth_bytes_ms: 0, end: 'done' }, guilt: undefined }),
  (random) => ({
    conduct: { ...quick, keeps_bytes: 40 * 2 ** 20 * random.fraction() },
    guilt: undefined,
  }),
  () => ({ conduct: { ...quick, end: 'crash' }, guilt: undefined }),
  () => ({ conduct: { ...quick, end: 'foreign_kill' }, guilt: undefined }),
  () => ({
    conduct: { ...quick, end: 'failed', failure: { reason: 'sql_error', message: 'no such table: x' } },
    guilt: undefined,
  }),
  (random) => ({
    conduct: { runs_ms: forever, cpu: 0.5 + random.fraction() / 2, growth_bytes_ms: 0, end: 'done' },
    guilt: 'cpu',
  }),
  (random) => ({
    conduct: { runs_ms: forever, cpu: 0.5, growth_bytes_ms: 50_000 + 1e6 * random.fraction(), end: 'done' },
    guilt: 'memory',
  }),
  () => ({ conduct: { runs_ms: forever, cpu: 0.001, growth_bytes_ms: 0, end: 'done' }, guilt: 'wall' }),
  () => ({ conduct: { ...quick, end: 'heap' }, guilt: 'heap' }),
];

const faultKinds: readonly Fault['kind'][] = [
  'spawn_fails',
  'start_hangs',
  'store_fails',
  'clock_jump',
  'supervisor_killed',
  'slow_death',
];

const below = (random: Random, most: number): number => Math.floor(random.fraction() * most);

const pick = <T>(random: Random, list: readonly T[]): T => {
  const chosen = list[below(random, list.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
};

/** Draws a life. */
export const drawScenario = (seed: number, random: Random): Scenario => {
  const faulty_ms = 60_000;
  const statements = Array.from({ length: 3 + below(random, 5) }, (_, index) => ({
    name: `q${index}`,
    ...pick(random, kinds)(random),
  }));
  const faults = Array.from({ length: below(random, 4) }, () => ({
    kind: pick(random, faultKinds),
    at_ms: below(random, faulty_ms),
    for_ms: 100 + below(random, 10_000),
    by_ms: (random.fraction() - 0.5) * 7_200_000,
  }));
  return { seed, statements, faults, faulty_ms };
};

/** Whether a fault lasts at a moment. */
export const isOn = ({ at_ms, for_ms }: Fault, now_ms: number): boolean =>
  at_ms <= now_ms && now_ms < at_ms + for_ms;

/** How the host behaves at a moment of the scenario. */
export const hostAt = (faults: readonly Fault[], now_ms: number): HostConduct => {
  const has = (kind: Fault['kind']): boolean =>
    faults.some((fault) => fault.kind === kind && isOn(fault, now_ms));
  return {
    ...healthyHost,
    spawnFails: has('spawn_fails') ? 0.8 : 0,
    startHangs: has('start_hangs') ? 0.5 : 0,
    death_ms: has('slow_death') ? [500, 4_000] : healthyHost.death_ms,
  };
};
