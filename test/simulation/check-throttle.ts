import type { Lease } from '../../protocol/lease.ts';
import type { Breaches } from './breaches.ts';
import { heldUp_ms, type Scenario, type Statement, statementsOf, stretchOf } from './scenario.ts';
import type { StepHandlers, StepReader } from './step-reader.ts';
import type { Step } from './world.ts';

/** A run of a statement that is held to a share of a core. */
interface HeldRun {
  readonly statement: Statement;
  readonly began_ms: number;
  /** Up to its last stop. */
  stood_ms: number;
}

/** The measured share may be so far from the asked one. */
const tolerance = 0.2;
/** A run that may have used this much by its share is long enough to be measured: it may begin with a slice of 30 ms. */
const enough_ms = 400;
/** CPU time that is waited for in one stop, at most: a slice, and what was used beyond the former one. */
const longestWaitedFor_ms = 60;

/** Who is held to a share of a core gets that share, and whoever is stopped for it goes on, or is ended. */
export class ThrottleChecker implements StepReader {
  readonly #statements: ReadonlyMap<string, Statement>;
  readonly #leases: ReadonlyMap<string, Lease>;
  readonly #breaches: Breaches;
  /** A guard that is held up looks, and lets go on, as late as that. */
  readonly #onTime: boolean;
  readonly #runs = new Map<number, HeldRun>();
  /** Since when processes stand still because their supervisor said so. */
  readonly #stopped_ms = new Map<number, number>();

  constructor(scenario: Scenario, leases: ReadonlyMap<string, Lease>, breaches: Breaches) {
    const held = statementsOf(scenario).filter(({ throttle_percent }) => throttle_percent > 0);
    this.#statements = new Map(held.map((statement) => [statement.name, statement]));
    this.#leases = leases;
    this.#breaches = breaches;
    this.#onTime = heldUp_ms(scenario) === 0;
  }

  readonly at: StepHandlers = {
    // What it left stopped is ended by the next one, before anything else.
    supervisor_killed: () => {
      this.#runs.clear();
      this.#stopped_ms.clear();
    },
    query: (step) => this.#query(step),
    suspended: (step) => this.#suspended(step),
    resumed: (step) => this.#resumed(step),
    store: (step) => {
      if (step.call === 'endLease') this.#leaseEnded(step);
    },
    answered: (step) => this.#over(step),
    signalled: (step) => this.#over(step),
    exited: (step) => {
      this.#over(step);
      this.#stopped_ms.delete(step.pid);
    },
  };

  end(end: Step): void {
    for (const pid of this.#stopped_ms.keys())
      this.#breaches.report('who is stopped goes on, or is ended', end, String(pid));
  }

  #query(step: Extract<Step, { type: 'query' }>): void {
    const { pid, sql, at_ms } = step;
    if (this.#stopped_ms.has(pid))
      this.#breaches.report('a query is sent to a worker that is let run', step, sql);
    const statement = step.onlyPrepares ? undefined : this.#statements.get(sql);
    if (statement === undefined) this.#runs.delete(pid);
    else this.#runs.set(pid, { statement, began_ms: at_ms, stood_ms: 0 });
  }

  #suspended(step: Extract<Step, { type: 'suspended' }>): void {
    this.#stopped_ms.set(step.pid, step.at_ms);
    const run = this.#runs.get(step.pid);
    // What the worker has answered may not be heard yet.
    if (this.#onTime && (run === undefined || stretchOf(run.statement) === 1))
      this.#breaches.report('only what wants more than its share is stopped', step, String(step.pid));
  }

  #resumed(step: Extract<Step, { type: 'resumed' }>): void {
    const { pid, at_ms } = step;
    const stood_ms = at_ms - (this.#stopped_ms.get(pid) ?? at_ms);
    this.#stopped_ms.delete(pid);
    const run = this.#runs.get(pid);
    if (run === undefined) return;
    run.stood_ms += stood_ms;
    const longest_ms = (longestWaitedFor_ms * 100) / run.statement.throttle_percent;
    if (this.#onTime && stood_ms > longest_ms)
      this.#breaches.report(
        'a stop lasts until a slice is earned',
        step,
        `${run.statement.name} stood still for ${stood_ms.toFixed(0)} ms`,
      );
  }

  #leaseEnded(step: Extract<Step, { type: 'store' }>): void {
    const pid = this.#leases.get(step.subject)?.worker.pid;
    if (pid !== undefined && this.#stopped_ms.has(pid))
      this.#breaches.report('a lease that is over leaves nobody stopped', step, String(pid));
  }

  #over(step: Step & { readonly pid: number }): void {
    const run = this.#runs.get(step.pid);
    if (run === undefined) return;
    this.#runs.delete(step.pid);
    const { statement, began_ms, stood_ms } = run;
    const { conduct, throttle_percent } = statement;
    const elapsed_ms = step.at_ms - began_ms;
    const isLong = (elapsed_ms * throttle_percent) / 100 >= enough_ms;
    if (!isLong || !this.#onTime || stretchOf(statement) === 1) return;
    const since_ms = this.#stopped_ms.get(step.pid) ?? step.at_ms;
    const ran_ms = elapsed_ms - stood_ms - (step.at_ms - since_ms);
    const share_percent = (ran_ms * conduct.cpu * 100) / elapsed_ms;
    if (Math.abs(share_percent / throttle_percent - 1) > tolerance)
      this.#breaches.report(
        'who is held to a share gets it, within a fifth',
        step,
        `${statement.name} had ${share_percent.toFixed(1)} % of ${throttle_percent.toFixed(1)} %`,
      );
  }
}
