import { isDeepStrictEqual } from 'node:util';
import type { Lease } from '../../protocol/lease.ts';
import type { ScheduleEntry } from '../../supervisor/schedule/schedule-book.ts';
import type { Breaches } from './breaches.ts';
import { hasFault, heldUp_ms, type Scenario } from './scenario.ts';
import { lastSchedule } from './served.ts';
import type { StepHandlers, StepReader } from './step-reader.ts';
import type { Step, World } from './world.ts';

type Rescheduled = Extract<Step, { type: 'rescheduled' }>;

/** A run that must end, since its query left. */
interface Ending {
  readonly name: string;
  readonly by_ms: number;
}

/** From the word that a run is to end until its worker is signalled nothing waits. */
const atOnce_ms = 1;

/** Another config is in force as a whole or not at all; what left ends and starts no more, what stayed goes on. */
export class ReloadChecker implements StepReader {
  readonly #leases: ReadonlyMap<string, Lease>;
  readonly #breaches: Breaches;
  readonly #heldUp_ms: number;
  /** When queries left that have not come back. */
  readonly #left_ms = new Map<string, number>();
  /** What each process runs, by logged name. */
  readonly #running = new Map<number, string>();
  readonly #ending = new Map<number, Ending>();

  constructor(scenario: Scenario, leases: ReadonlyMap<string, Lease>, breaches: Breaches) {
    this.#leases = leases;
    this.#breaches = breaches;
    this.#heldUp_ms = heldUp_ms(scenario);
  }

  readonly at: StepHandlers = {
    supervisor_began: ({ schedule }) => {
      for (const { name } of schedule) this.#left_ms.delete(name);
    },
    supervisor_killed: () => {
      this.#running.clear();
      this.#ending.clear();
    },
    rescheduled: (step) => this.#rescheduled(step),
    query: (step) => this.#query(step),
    answered: (step) => this.#over(step),
    needed_net: (step) => this.#over(step),
    signalled: (step) => this.#over(step),
    exited: (step) => this.#over(step),
    store: (step) => {
      // One that failed by itself is over with its lease.
      const pid = step.call === 'endLease' ? this.#leases.get(step.subject)?.worker.pid : undefined;
      if (pid !== undefined) this.#over({ ...step, pid });
    },
  };

  end(end: Step): void {
    for (const { name } of this.#ending.values())
      this.#breaches.report('what left the schedule ends', end, name);
  }

  #rescheduled(step: Rescheduled): void {
    if (!step.ok) {
      if (!isDeepStrictEqual(step.before, step.after))
        this.#breaches.report('a reload that fails changes nothing', step, '');
      return;
    }
    const names = step.schedule.map(({ name }) => name);
    if (
      !isDeepStrictEqual(
        step.after.map(({ query }) => query),
        step.schedule,
      )
    )
      this.#breaches.report('a reload puts the whole config in force', step, names.join());
    this.#stays(step);
    for (const { query } of step.before) if (!names.includes(query.name)) this.#leaves(query.name, step);
    for (const name of names) this.#left_ms.delete(name);
  }

  #stays(step: Rescheduled): void {
    const before = new Map(step.before.map((entry) => [entry.query.name, entry]));
    for (const entry of step.after) {
      const former = before.get(entry.query.name);
      if (former === undefined) continue;
      if (!isDeepStrictEqual(...comparable(former, entry, step.unix_ms)))
        this.#breaches.report(
          'what stays keeps its run and its statistics, and its rhythm where the interval is the same',
          step,
          entry.query.name,
        );
    }
  }

  #leaves(name: string, { at_ms }: Rescheduled): void {
    this.#left_ms.set(name, at_ms);
    for (const [pid, running] of this.#running)
      if (running === name) this.#ending.set(pid, { name, by_ms: at_ms + this.#heldUp_ms + atOnce_ms });
  }

  #query(step: Extract<Step, { type: 'query' }>): void {
    const { pid, leaseId, at_ms } = step;
    const name = this.#leases.get(leaseId)?.queryId ?? '';
    this.#running.set(pid, name);
    const left_ms = this.#left_ms.get(name);
    if (left_ms === undefined) return;
    // It grants first what came first, and takes that back in the same moment.
    const by_ms = left_ms + this.#heldUp_ms;
    if (at_ms > by_ms) this.#breaches.report('what left the schedule starts no more', step, name);
    this.#ending.set(pid, { name, by_ms: by_ms + atOnce_ms });
  }

  #over(step: Step & { readonly pid: number }): void {
    this.#running.delete(step.pid);
    const ending = this.#ending.get(step.pid);
    if (ending === undefined) return;
    this.#ending.delete(step.pid);
    if (step.at_ms > ending.by_ms)
      this.#breaches.report('what left the schedule ends', step, `${ending.name}, late`);
  }
}

/** What of two entries of one query must be the same. */
const comparable = (
  former: ScheduleEntry,
  entry: ScheduleEntry,
  unix_ms: number,
): readonly [unknown, unknown] => {
  if (former.query.sql !== entry.query.sql)
    return [
      [former.run, 0, undefined],
      [entry.run, entry.skipped, entry.performance],
    ];
  if (!isDeepStrictEqual(former.query, entry.query)) return [kept(former), kept(entry)];
  const { since_unix_ms = unix_ms, until_unix_ms = Number.POSITIVE_INFINITY } = former.override ?? {};
  // A reload ends what is over by the wall clock, and moves what a clock that went back has put into the future.
  const isAsItWas = since_unix_ms <= unix_ms && unix_ms < until_unix_ms;
  if (isAsItWas) return [former, entry];
  return [
    { ...former, ...ownTerms },
    { ...entry, ...ownTerms },
  ];
};

/** What an override's end or move changes as well; the limits themselves are another reader's. */
const ownTerms = { limits: undefined, override: undefined, sqlHash: undefined };

/** What another interval, or other limits, do not touch. */
const kept = (entry: ScheduleEntry): unknown => ({ ...entry, ...anew });

const anew = {
  ...ownTerms,
  query: undefined,
  splayed_s: undefined,
  offset_ms: undefined,
};

/** Of what is in no schedule any more nothing is kept, unless the store failed when it was to be forgotten. */
export const checkForgotten = (scenario: Scenario, world: World, breaches: Breaches): void => {
  const end = world.steps.at(-1);
  const names = new Set(lastSchedule(world).map(({ name }) => name));
  if (end === undefined || hasFault(scenario, 'results_store_fails')) return;
  for (const { name } of world.disk.results.performance())
    if (!names.has(name)) breaches.report('nothing is left of a query that left', end, name);
};
