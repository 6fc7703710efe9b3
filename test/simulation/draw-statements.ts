import type { Random } from '../../platform/random.ts';
import type { VerdictReason } from '../../protocol/verdict.ts';
import { type Conduct, quick } from './conduct.ts';
import { between, pick } from './draw.ts';
import type { Statement } from './scenario.ts';

const forever = Number.POSITIVE_INFINITY;
const mebibyte = 2 ** 20;

type Kind = Omit<Statement, 'name'>;

const free = { shareLimited: false, throttle_percent: 0 };

const innocent = (conduct: Conduct, held: Partial<Kind> = {}): Kind => ({
  conduct,
  guilt: undefined,
  ...free,
  ...held,
});

const guilty = (guilt: VerdictReason, conduct: Conduct, held: Partial<Kind> = {}): Kind => ({
  conduct,
  guilt,
  ...free,
  ...held,
});

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
  () => innocent({ ...quick, runs_ms: 200 }, { shareLimited: true }),
  // Held to a share of a core: it takes longer than its `wall_ms`, and most of that is not its own.
  (random) =>
    innocent(
      { ...quick, runs_ms: between(random, 500, 700), cpu: between(random, 0.8, 1), most_rows: 3 },
      { throttle_percent: 20 },
    ),
  // Held as well, but it never wants more.
  () => innocent({ ...quick, runs_ms: 500, cpu: 0.3 }, { throttle_percent: 60 }),
  (random) => innocent({ ...quick, keeps_bytes: 50 * mebibyte * random.fraction() }),
  (random) => innocent({ ...quick, runs_ms: between(random, 5, 300), end: 'crash' }),
  () => innocent({ ...quick, end: 'crash', most_rows: 3 }),
  () => innocent({ ...quick, end: 'foreign_kill' }),
  () => innocent({ ...quick, end: 'failed', failure: { reason: 'sql_error', message: 'no such table: x' } }),
];

const offenders: readonly ((random: Random) => Kind)[] = [
  (random) =>
    guilty('cpu_ms', { runs_ms: forever, cpu: between(random, 0.65, 1), growth_bytes_ms: 0, end: 'done' }),
  // However slowly it goes, it costs its whole budget.
  (random) =>
    guilty(
      'cpu_ms',
      { runs_ms: forever, cpu: between(random, 0.75, 1), growth_bytes_ms: 0, end: 'done' },
      { throttle_percent: between(random, 25, 70) },
    ),
  (random) =>
    guilty(
      'cpu_percent',
      { runs_ms: forever, cpu: between(random, 0.8, 1), growth_bytes_ms: 0, end: 'done' },
      { shareLimited: true },
    ),
  (random) =>
    guilty('memory_mb', {
      runs_ms: forever,
      cpu: 0.5,
      growth_bytes_ms: 80_000 * 20 ** random.fraction(),
      end: 'done',
    }),
  (random) =>
    guilty('read_mb', {
      runs_ms: forever,
      cpu: 0.1,
      growth_bytes_ms: 0,
      read_bytes_ms: between(random, 60_000, 1_000_000),
      end: 'done',
    }),
  () => guilty('wall_ms', { runs_ms: forever, cpu: 0.001, growth_bytes_ms: 0, end: 'done' }),
  () => guilty('js_heap_exhausted', { ...quick, end: 'heap' }),
  () => guilty('result_mb', { ...quick, floods: true }),
  // The engine's own stops.
  () =>
    guilty('cpu_ms', {
      ...quick,
      runs_ms: 1_000,
      end: 'failed',
      failure: { reason: 'limit', limit: 'cpu_ms', measured: 1_001, message: 'too much' },
    }),
  () =>
    guilty('rows', {
      ...quick,
      end: 'failed',
      failure: { reason: 'limit', limit: 'rows', measured: 1_001, message: 'too many' },
    }),
];

const offenderShare = 0.4;
/** Of the statements: they read a table that needs a socket. */
const netShare = 0.25;

/** Draws what a statement does, and whether it may be judged for it. */
export const drawStatement = (random: Random, name: string): Statement => {
  const kind = pick(random, random.fraction() < offenderShare ? offenders : innocents)(random);
  if (random.fraction() >= netShare) return { name, ...kind };
  return { name, ...kind, conduct: { ...kind.conduct, needsNet: true } };
};
