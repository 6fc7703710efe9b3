import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Demand, DemandPoint } from './demand.ts';
import type { Offender } from './offender.ts';
import type { RealRun } from './real-host.ts';
import type { OffenderReport } from './run-offender.ts';

/** What a real run of the catalogue left to be judged. */
export interface Recording {
  /** Day on which it was taken, as YYYY-MM-DD. */
  readonly taken: string;
  readonly cores: number;
  readonly kinds: readonly RecordedKind[];
}

/** One kind as it went on real processes under Leash. */
export interface RecordedKind {
  readonly name: string;
  /** Whether it is to be stopped: what SQLite refuses by itself is in no table. */
  readonly guilt: 'guilty' | 'innocent' | 'refused';
  /** Verdicts of its runs, as kind and reason. */
  readonly verdicts: readonly string[];
  readonly deniedAfter: number;
  /** Other workers that were busy at each verdict. */
  readonly busyBeside: readonly number[];
  /** Verdicts that named another query or another worker. */
  readonly wrongBlames: number;
  readonly problems: readonly string[];
  /** Wall time of the first run. */
  readonly wall_ms: number;
  /** What its first run used of the host. */
  readonly demand: Demand;
}

const file = join(import.meta.dirname, '../fixtures/offenders/recorded.json');
/** More are not needed to see a shape. */
const keptPoints = 30;
/** Of one that goes on: the rate between the last two is the rate of a fifth of what was seen. */
const endlessPoints = 5;

export const readRecording = (): Recording | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recording) : undefined;

export const writeRecording = (recording: Recording): void =>
  writeFileSync(file, `${JSON.stringify(recording, undefined, 1)}\n`);

export const record = (reports: readonly OffenderReport[], today: string): Recording => ({
  taken: today,
  cores: availableParallelism(),
  kinds: reports.map(recordKind),
});

const recordKind = (report: OffenderReport): RecordedKind => {
  const { offender, runs, deniedAfter, problems, wrongBlames } = report;
  const { expected, guilty, name, endless } = offender;
  const [first] = runs;
  const guilt = expected.kind === 'refused' ? 'refused' : guilty ? 'guilty' : 'innocent';
  const points = first === undefined ? [] : pointsOf(first, offender);
  const demand: Demand = {
    name,
    kind: name,
    guilty: guilt === 'guilty',
    points,
    after: endless === true && points.length > 1 ? 'goes_on' : 'ends',
    kept_bytes: 0,
    uninterruptible: false,
  };
  const judged = runs.filter(({ verdicts }) => verdicts.length > 0);
  return {
    name,
    guilt,
    verdicts: judged.flatMap(({ verdicts }) => verdicts.map(({ kind, reason }) => `${kind} ${reason}`)),
    deniedAfter,
    busyBeside: judged.map(({ busyBeside }) => busyBeside),
    wrongBlames,
    problems,
    wall_ms: Math.round(points.at(-1)?.at_ms ?? 0),
    demand,
  };
};

/**
 * The looks of the guard from the first on, thinned, and what the worker itself counted at its end. Time that the
 * worker waited for a CPU is taken out: both rules are shown the query as it is on a host with nothing else to do.
 */
const pointsOf = ({ looks, outcome, verdicts }: RealRun, { endless, wouldLast }: Offender): DemandPoint[] => {
  const [first] = looks;
  const last = looks.at(-1);
  if (first === undefined || last === undefined) return [];
  const all = looks.map(
    ({ at_ms, cpu_ms, private_bytes, waited_ms }): DemandPoint => ({
      at_ms: Math.round(at_ms - first.at_ms - (waited_ms - first.waited_ms)),
      cpu_ms: Math.round(cpu_ms - first.cpu_ms),
      growth_bytes: Math.max(0, private_bytes - first.private_bytes),
    }),
  );
  const { wall_ms, user_ms, system_ms, memory_bytes } = outcome.cost;
  const wasStopped = verdicts.length > 0;
  if (!wasStopped) {
    const at_ms = Math.round(wall_ms - (last.waited_ms - first.waited_ms));
    all.push({ at_ms, cpu_ms: Math.round(user_ms + system_ms), growth_bytes: memory_bytes });
  }
  const points = rising(thinned(all, endless === true ? endlessPoints : keptPoints));
  return wouldLast === undefined ? points : [...points, ...goneOn(points, wouldLast)];
};

/** Where a run would have been at its end, had it gone on as it did on the whole. */
const goneOn = (points: readonly DemandPoint[], times: number): readonly DemandPoint[] =>
  points.slice(-1).map(({ at_ms, cpu_ms, growth_bytes }) => ({
    at_ms: Math.round(at_ms * times),
    cpu_ms: Math.round(cpu_ms * times),
    growth_bytes: Math.round(growth_bytes * times),
  }));

/** The last one and, before it, none closer to the next than a share of the whole. */
const thinned = (points: readonly DemandPoint[], most: number): readonly DemandPoint[] => {
  const least_ms = (points.at(-1)?.at_ms ?? 0) / most;
  const kept: DemandPoint[] = [];
  for (const point of points.toReversed()) {
    const next = kept[0];
    if (next === undefined || next.at_ms - point.at_ms >= Math.max(1, least_ms)) kept.unshift(point);
  }
  return kept[0]?.at_ms === 0 ? kept : [{ at_ms: 0, cpu_ms: 0, growth_bytes: 0 }, ...kept];
};

/** Ticks of the kernel and the worker's own count differ by some milliseconds; CPU time does not fall. */
const rising = (points: readonly DemandPoint[]): DemandPoint[] => {
  let cpu_ms = 0;
  return points.map((point) => {
    cpu_ms = Math.max(cpu_ms, point.cpu_ms);
    return { ...point, cpu_ms };
  });
};
