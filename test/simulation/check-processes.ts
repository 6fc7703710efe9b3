import { recordKey } from '../../protocol/denial.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { Breaches } from './breaches.ts';
import { hasFault, type Scenario, scheduledIn } from './scenario.ts';
import { maxWorkers } from './simulated-supervisor.ts';
import type { StepHandlers, StepReader } from './step-reader.ts';
import type { Step } from './world.ts';

/** The first wait after a failed start, and after a death without a verdict, with the least jitter; each doubles. */
const startWait_ms = 80;
const queryWait_ms = 800;
const longestStartWait_ms = 24_000;

/** No process too many, none left behind, and no start before its back-off is over. */
export class ProcessChecker implements StepReader {
  readonly #leases: ReadonlyMap<string, Lease>;
  readonly #breaches: Breaches;
  readonly #alwaysCrash: ReadonlySet<string>;
  /** Exits are heard late: then a start may pass the news of a failed one. */
  readonly #newsIsLate: boolean;
  readonly #alive = new Set<number>();
  readonly #signalled = new Set<number>();
  readonly #unready = new Set<number>();
  readonly #running = new Map<number, Lease>();
  /** Processes that a dead supervisor left, until they are signalled or gone. */
  #leftovers = new Set<number>();
  /** Workers of the present supervisor. */
  #own = new Set<number>();
  #failedStarts = 0;
  #startsAgain_ms = 0;
  #lastFailure_ms = -1;
  /** Starts since the first failure of this moment. */
  #together = 0;
  /** By record: with other limits a query begins anew. */
  readonly #deaths = new Map<string, { readonly count: number; readonly again_ms: number }>();
  /** Records of deaths that the supervisor may not have heard of, by lease. */
  readonly #unheard = new Map<string, string>();

  constructor(scenario: Scenario, leases: ReadonlyMap<string, Lease>, breaches: Breaches) {
    this.#leases = leases;
    this.#breaches = breaches;
    this.#newsIsLate = hasFault(scenario, 'pid_reused', 'idle_workers_killed', 'supervisor_held_up');
    this.#alwaysCrash = new Set(
      scheduledIn(scenario)
        .filter(({ conduct }) => conduct.end === 'crash' || conduct.end === 'foreign_kill')
        .map(({ name }) => name),
    );
  }

  readonly at: StepHandlers = {
    supervisor_killed: () => this.#supervisorDied(),
    spawn_failed: (step) => {
      this.#mayStart(step);
      this.#startFailed(step);
    },
    spawned: (step) => this.#spawned(step),
    ready: ({ pid }) => {
      this.#unready.delete(pid);
      this.#failedStarts = 0;
      this.#startsAgain_ms = 0;
    },
    query: (step) => this.#query(step),
    store: ({ call, subject }) => {
      if (call === 'endLease') this.#unheard.delete(subject);
    },
    rescheduled: () => this.#mayHaveCancelled(),
    signalled: ({ pid }) => {
      this.#leftovers.delete(pid);
      this.#signalled.add(pid);
    },
    exited: (step) => this.#exited(step),
  };

  /** After the last supervisor stopped. */
  end(end: Step): void {
    for (const pid of this.#alive)
      this.#breaches.report('no process outlives its supervisor', end, String(pid));
  }

  #supervisorDied(): void {
    this.#leftovers = this.#alive.difference(this.#signalled);
    this.#own = new Set();
    this.#unready.clear();
    this.#failedStarts = 0;
    this.#startsAgain_ms = 0;
    this.#deaths.clear();
    this.#unheard.clear();
  }

  #spawned(step: Extract<Step, { type: 'spawned' }>): void {
    this.#leftoversAreGone(step);
    this.#mayStart(step);
    this.#alive.add(step.pid);
    this.#own.add(step.pid);
    this.#unready.add(step.pid);
    if (this.#own.size > maxWorkers && !this.#newsIsLate)
      this.#breaches.report('there are never more workers than allowed', step, String(this.#own.size));
  }

  #exited(step: Extract<Step, { type: 'exited' }>): void {
    const { pid } = step;
    if (this.#own.has(pid) && this.#unready.has(pid)) this.#startFailed(step);
    const lease = this.#running.get(pid);
    if (lease !== undefined && this.#own.has(pid)) this.#runEnded(lease, step);
    this.#alive.delete(pid);
    this.#signalled.delete(pid);
    this.#own.delete(pid);
    this.#unready.delete(pid);
    this.#running.delete(pid);
    this.#leftovers.delete(pid);
  }

  /** One that was ended before it crashed breaks the row of deaths. */
  #runEnded(lease: Lease, { pid, at_ms }: Extract<Step, { type: 'exited' }>): void {
    const key = recordKey(lease);
    if (this.#signalled.has(pid)) this.#deaths.delete(key);
    else if (this.#alwaysCrash.has(lease.sql)) {
      const count = (this.#deaths.get(key)?.count ?? 0) + 1;
      this.#deaths.set(key, { count, again_ms: at_ms + queryWait_ms * 2 ** (count - 1) });
      this.#unheard.set(lease.leaseId, key);
    }
  }

  /** A death whose news comes after the order to end the run is not told from the end that was ordered. */
  #mayHaveCancelled(): void {
    for (const key of this.#unheard.values()) this.#deaths.delete(key);
    this.#unheard.clear();
  }

  #query(step: Extract<Step, { type: 'query' }>): void {
    this.#leftoversAreGone(step);
    // One that was only prepared is over at once, whatever becomes of its process.
    const lease = this.#leases.get(step.leaseId);
    if (step.onlyPrepares || lease === undefined) this.#running.delete(step.pid);
    else this.#running.set(step.pid, lease);
    const death = lease === undefined ? undefined : this.#deaths.get(recordKey(lease));
    if (death !== undefined && step.at_ms < death.again_ms)
      this.#breaches.report('a query that kills workers waits, longer each time', step, step.sql);
  }

  #startFailed({ at_ms }: Step): void {
    this.#failedStarts += 1;
    this.#lastFailure_ms = at_ms;
    const wait_ms = Math.min(longestStartWait_ms, startWait_ms * 2 ** (this.#failedStarts - 1));
    this.#startsAgain_ms = at_ms + wait_ms;
  }

  /** Starts that were decided together may fail together: never more than there may be workers. */
  #mayStart(step: Step): void {
    this.#together = step.at_ms === this.#lastFailure_ms ? this.#together + 1 : 0;
    if (this.#newsIsLate || (this.#together > 0 && this.#together < maxWorkers)) return;
    if (step.at_ms < this.#startsAgain_ms)
      this.#breaches.report(
        'after a failed start the next one waits, longer each time',
        step,
        `${this.#failedStarts} failed`,
      );
  }

  #leftoversAreGone(step: Step): void {
    if (this.#leftovers.size > 0)
      this.#breaches.report(
        'what an earlier supervisor left is ended before anything else',
        step,
        [...this.#leftovers].join(),
      );
    this.#leftovers.clear();
  }
}
