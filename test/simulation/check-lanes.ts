import type { Lane, Lease } from '../../protocol/lease.ts';
import type { LostStartReason } from '../../protocol/why.ts';
import type { ScheduleEntry } from '../../supervisor/schedule/schedule-book.ts';
import type { Breaches } from './breaches.ts';
import { type Scenario, type ScheduledStatement, scheduledIn } from './scenario.ts';
import { calmFrom_ms, servedIn } from './served.ts';
import { maxWorkers } from './simulated-supervisor.ts';
import type { StepHandlers, StepReader } from './step-reader.ts';
import type { Step } from './world.ts';

/**
 * A run holds its lane for 250 ms at most, and a worker is started within 150 ms. One that needs a socket may first
 * have to find that out.
 */
const turn_ms = 400;
/** What makes a start wait only where it may. */
const busyReasons: readonly (LostStartReason | undefined)[] = ['cpu', 'io', 'load'];

/** Each query runs in its lane, and waits for nobody of another one. */
export class LaneChecker implements StepReader {
  readonly #scenario: Scenario;
  readonly #scheduled: ReadonlyMap<string, ScheduledStatement>;
  readonly #leases: ReadonlyMap<string, Lease>;
  readonly #breaches: Breaches;
  readonly #calmFrom_ms: number;
  /** When the last run of each query that is over was granted. */
  readonly #lastGrant_ms = new Map<string, number>();
  readonly #alive = new Set<number>();
  /** When there were last as many workers as there may be: then one waits for a worker, whatever its lane. */
  #full_ms = 0;

  constructor(scenario: Scenario, leases: ReadonlyMap<string, Lease>, breaches: Breaches) {
    this.#leases = leases;
    this.#scenario = scenario;
    this.#scheduled = new Map(scheduledIn(scenario).map((statement) => [statement.name, statement]));
    this.#breaches = breaches;
    this.#calmFrom_ms = calmFrom_ms(scenario);
  }

  readonly at: StepHandlers = {
    spawned: ({ pid, at_ms }) => {
      this.#alive.add(pid);
      this.#isFull(at_ms);
    },
    exited: ({ pid, at_ms }) => {
      this.#isFull(at_ms);
      this.#alive.delete(pid);
    },
    store: (step) => {
      if (step.call === 'putLease') this.#lease(step);
      const over = step.call === 'endLease' ? this.#leases.get(step.subject) : undefined;
      if (over !== undefined) this.#lastGrant_ms.set(over.queryId, over.grantedAt_ms);
    },
    supervisor_stops: (step) => {
      for (const entry of step.entries) this.#wasPutOff(entry, step);
      this.#isFull(step.at_ms);
      if (this.#full_ms < this.#calmFrom_ms) this.#waited(step.entries, step);
    },
  };

  end(): void {}

  #isFull(at_ms: number): void {
    if (this.#alive.size >= maxWorkers) this.#full_ms = at_ms;
  }

  #lease(step: Extract<Step, { type: 'store'; call: 'putLease' | 'endLease' }>): void {
    const { lease } = step;
    if (lease === undefined || lease.lane === 'probation') return;
    const statement = this.#scheduled.get(lease.sql);
    const lane = statement === undefined ? 'live' : laneOf(statement);
    if (lease.lane !== lane)
      this.#breaches.report('every query runs in its lane', step, `${lease.sql} in ${lease.lane}`);
  }

  #wasPutOff({ query, lastDeferral }: ScheduleEntry, step: Step): void {
    if (!this.#scenario.mayDefer && busyReasons.includes(lastDeferral?.reason))
      this.#breaches.report('starts come on time where the operator wants that', step, query.name);
  }

  /** How long the last start of each query waited, in the calm. */
  #waited(entries: readonly ScheduleEntry[], step: Step): void {
    const schedule = entries.map(({ query }) => query);
    const drift_ms = new Map(entries.map(({ query, lastStartDrift_ms }) => [query.name, lastStartDrift_ms]));
    const turns = new Map<Lane, number>();
    for (const { sql } of schedule) {
      const mate = this.#scheduled.get(sql);
      if (mate === undefined) continue;
      turns.set(laneOf(mate), (turns.get(laneOf(mate)) ?? 0) + (mate.conduct.needsNet === true ? 2 : 1));
    }
    for (const { statement } of servedIn(this.#scenario, schedule)) {
      const waited_ms = drift_ms.get(statement.loggedName) ?? 0;
      const due_ms = (this.#lastGrant_ms.get(statement.loggedName) ?? 0) - waited_ms;
      if (due_ms < this.#calmFrom_ms) continue;
      const lane = laneOf(statement);
      if (waited_ms > (turns.get(lane) ?? 0) * turn_ms)
        this.#breaches.report(
          'a query waits for the turns of its own lane and for nothing else',
          step,
          `${statement.name} waited ${waited_ms.toFixed(0)} ms in lane ${lane}`,
        );
    }
  }
}

const laneOf = ({ readsEvents }: ScheduledStatement): Lane => (readsEvents ? 'events' : 'scheduled');
