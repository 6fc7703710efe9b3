import type { Random } from '../../platform/random.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import type { Demand, DemandLife, DemandPoint } from './demand.ts';

const mebibyte = 2 ** 20;

type Draw = (random: Random) => Omit<Demand, 'name' | 'kind' | 'guilty'>;

const between = (random: Random, least: number, most: number): number =>
  least + (most - least) * random.fraction();

const nothing: DemandPoint = { at_ms: 0, cpu_ms: 0, growth_bytes: 0 };
const common = { kept_bytes: 0, uninterruptible: false } as const;

/** Evenly from nothing to some usage. */
const even = (at_ms: number, cpu_ms: number, growth_mb = 0): readonly DemandPoint[] => [
  nothing,
  { at_ms, cpu_ms, growth_bytes: growth_mb * mebibyte },
];

/** `on_ms` of computing and `off_ms` of none, so often. */
const bursts = (on_ms: number, off_ms: number, times: number): readonly DemandPoint[] => {
  const points = [nothing];
  for (let index = 0; index < times; index += 1) {
    const at_ms = index * (on_ms + off_ms) + on_ms;
    const cpu_ms = (index + 1) * on_ms;
    points.push({ at_ms, cpu_ms, growth_bytes: 0 }, { at_ms: at_ms + off_ms, cpu_ms, growth_bytes: 0 });
  }
  return points;
};

/** Memory that comes, stays for a moment and goes before the query does. */
const spike = (peak_mb: number, rise_ms: number, stay_ms: number): readonly DemandPoint[] => {
  const growth_bytes = peak_mb * mebibyte;
  return [
    nothing,
    { at_ms: rise_ms, cpu_ms: rise_ms, growth_bytes },
    { at_ms: rise_ms + stay_ms, cpu_ms: rise_ms + stay_ms, growth_bytes },
    { at_ms: rise_ms + stay_ms + 20, cpu_ms: rise_ms + stay_ms + 20, growth_bytes: 0 },
    { at_ms: rise_ms + stay_ms + 1_000, cpu_ms: rise_ms + stay_ms + 50, growth_bytes: 0 },
  ];
};

/** Over a budget of level 0: 10 s of CPU time, 200 MB of growth, 30 s of time. */
const guilty: Readonly<Record<string, Draw>> = {
  'computes without end': (random) => ({
    ...common,
    points: even(1_000, between(random, 500, 1_000)),
    after: 'goes_on',
  }),
  'computes in one operation': () => ({
    ...common,
    points: even(1_000, 1_000),
    after: 'goes_on',
    uninterruptible: true,
  }),
  'just over the CPU budget': (random) => {
    const cpu_ms = between(random, 10_100, 11_500);
    return { ...common, points: even(cpu_ms, cpu_ms), after: 'ends' };
  },
  'sleeps and bursts': (random) => {
    const on_ms = between(random, 200, 3_000);
    return { ...common, points: bursts(on_ms, on_ms, 200), after: 'ends' };
  },
  'grows without end': (random) => {
    const mb_s = between(random, 10, 1_000);
    return { ...common, points: even(1_000, 700, mb_s), after: 'goes_on' };
  },
  'grows, and frees it again': (random) => ({
    ...common,
    points: spike(between(random, 220, 400), between(random, 250, 4_000), between(random, 20, 2_000)),
    after: 'ends',
  }),
  'grows, and keeps it': (random) => {
    const peak_mb = between(random, 220, 400);
    const at_ms = between(random, 500, 5_000);
    return { ...common, points: even(at_ms, at_ms, peak_mb), after: 'ends', kept_bytes: peak_mb * mebibyte };
  },
  'waits without end': () => ({ ...common, points: even(1_000, 1), after: 'goes_on', uninterruptible: true }),
};

const innocent: Readonly<Record<string, Draw>> = {
  'answers at once': (random) => {
    const at_ms = between(random, 2, 50);
    return { ...common, points: even(at_ms, at_ms), after: 'ends' };
  },
  'works for a while': (random) => {
    const at_ms = between(random, 100, 3_000);
    return { ...common, points: even(at_ms, at_ms, 20), after: 'ends', kept_bytes: 2 * mebibyte };
  },
  'heavy, once': (random) => {
    const at_ms = between(random, 6_000, 9_500);
    return { ...common, points: even(at_ms, at_ms, 50), after: 'ends' };
  },
  'heavy, beside a loaded host': (random) => {
    const cpu_ms = between(random, 3_000, 6_000);
    return { ...common, points: even(cpu_ms * 4, cpu_ms), after: 'ends' };
  },
  'slow disk': (random) => {
    const at_ms = between(random, 5_000, 25_000);
    return { ...common, points: even(at_ms, at_ms * 0.03), after: 'ends' };
  },
  'much memory, freed': (random) => ({
    ...common,
    points: spike(between(random, 80, 190), between(random, 200, 2_000), 500),
    after: 'ends',
  }),
  'keeps some memory': (random) => {
    const mb = between(random, 5, 40);
    return { ...common, points: even(300, 300, mb), after: 'ends', kept_bytes: mb * mebibyte };
  },
  'sleeps and bursts, little': (random) => ({
    ...common,
    points: bursts(between(random, 100, 400), 1_000, 10),
    after: 'ends',
  }),
};

/** Names of the kinds, guilty ones first. */
export const drawnKinds: readonly string[] = [...Object.keys(guilty), ...Object.keys(innocent)];

const pick = <T>(random: Random, list: readonly T[]): T => {
  const chosen = list[Math.floor(random.fraction() * list.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
};

const together = 4;
const later = 5;
const within_ms = 40_000;

/**
 * Draws a life: four queries that are due at once, so that four workers are busy, and some more that follow; a third
 * of them guilty. On a host of 1 to 16 cores, with a worker of osquery's that is new or has been up for minutes.
 */
export const drawLife = (seed: number): DemandLife => {
  const random = seededRandom(seed);
  const starts = Array.from({ length: together + later }, (_, index) => {
    const isGuilty = random.fraction() < 1 / 3;
    const [kind, draw] = pick(random, Object.entries(isGuilty ? guilty : innocent));
    const at_ms = index < together ? 1 : Math.floor(between(random, 1, within_ms));
    return { at_ms, demand: { ...draw(random), kind, name: `${kind} #${index}`, guilty: isGuilty } };
  });
  return {
    cores: pick(random, [1, 2, 4, 8, 16]),
    upSince_ms: Math.floor(between(random, 0, 600_000)),
    starts: starts.toSorted((one, other) => one.at_ms - other.at_ms),
  };
};
