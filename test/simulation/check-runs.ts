import type { Lease } from '../../protocol/lease.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import type { Breaches } from './breaches.ts';
import {
  hasFault,
  heldUp_ms,
  longestRun_ms,
  type Scenario,
  type Statement,
  scheduledIn,
  statementsOf,
  stretchOf,
} from './scenario.ts';
import type { StepHandlers, StepReader } from './step-reader.ts';
import type { Step } from './world.ts';

interface Run {
  readonly leaseId: string;
  readonly sql: string;
  readonly pid: number;
  readonly began_ms: number;
  /** The statement is compiled only: it needs a socket, and gets another lease. */
  readonly onlyPrepares: boolean;
  /** Index of the supervisor's life that began it. */
  readonly life: number;
  signalled_ms: number | undefined;
  /** Why it needs no verdict: its supervisor died, its asker gave up, its worker broke the channel. */
  excused: boolean;
}

/** A process that has not gone so long after SIGKILL counts as unkillable. */
const unkillable_ms = 2_000;
/** What a query is stopped for without having cost the host its whole budget. */
const noOffences: readonly Verdict['reason'][] = ['rows', 'result_mb'];

/** Leases before queries, verdicts before kills, the right one blamed, and nobody guilty forgotten. */
export class RunChecker implements StepReader {
  readonly #statements: ReadonlyMap<string, Statement>;
  readonly #mayBeDenied: ReadonlyMap<string, boolean>;
  readonly #scenario: Scenario;
  readonly #breaches: Breaches;
  readonly #leases = new Map<string, Lease>();
  readonly #runs = new Map<string, Run>();
  /** What each process runs. */
  readonly #running = new Map<number, Run>();
  /** The verdict that ends each lease; a lease may get a second one, when its worker outlives SIGKILL. */
  readonly #judged = new Map<string, string>();
  readonly #journalled = new Set<string>();
  readonly #refused = new Set<string>();
  /** A rate is not judged over a gap in the samples; what was used up in all still is. */
  readonly #gaps: boolean;
  #life = 0;
  #stopping = false;
  #stopped_ms = 0;

  constructor(scenario: Scenario, breaches: Breaches) {
    this.#scenario = scenario;
    this.#statements = new Map(statementsOf(scenario).map((statement) => [statement.name, statement]));
    this.#mayBeDenied = new Map(scheduledIn(scenario).map(({ name, mayBeDenied }) => [name, mayBeDenied]));
    this.#breaches = breaches;
    this.#gaps = hasFault(scenario, 'supervisor_held_up');
  }

  readonly at: StepHandlers = {
    supervisor_began: () => {
      this.#life += 1;
    },
    supervisor_killed: () => this.#excuse(() => true),
    supervisor_stops: ({ at_ms }) => {
      this.#stopping = true;
      this.#stopped_ms = at_ms;
    },
    store: (step) => this.#stored(step),
    query: (step) => this.#query(step),
    torn: ({ pid }) => this.#excuse((run) => run.pid === pid),
    cancelled: ({ sql }) => this.#excuse((run) => run.sql === sql),
    rescheduled: ({ before, after }) => {
      const stay = new Set(after.map(({ query }) => query.name));
      const left = new Set(before.map(({ query }) => query.name).filter((name) => !stay.has(name)));
      this.#excuse(({ leaseId }) => left.has(this.#leases.get(leaseId)?.queryId ?? ''));
    },
    signalled: (step) => this.#signalled(step),
    said: (step) => {
      if (step.event.type === 'verdict') this.#verdict(step.event.verdict, step);
    },
  };

  end(end: Step): void {
    // Nobody is charged for what it waits for its reader.
    const unread_ms = Math.max(0, ...this.#scenario.asks.map(({ readsAfter_ms }) => readsAfter_ms));
    const waits_ms = heldUp_ms(this.#scenario) + unread_ms;
    for (const run of this.#runs.values()) {
      const statement = run.onlyPrepares ? undefined : this.#statements.get(run.sql);
      if (statement?.guilt === undefined || run.excused) continue;
      const hadTime = this.#stopped_ms - run.began_ms > longestRun_ms(statement) + waits_ms;
      if (hadTime && !this.#judged.has(run.leaseId))
        this.#breaches.report(
          'no guilty query gets away',
          end,
          `${run.sql}, which began at ${run.began_ms.toFixed(0)} ms`,
        );
    }
  }

  #stored(step: Extract<Step, { type: 'store' }>): void {
    if (step.call === 'putLease' && step.ok && step.lease !== undefined)
      this.#leases.set(step.subject, step.lease);
    if (step.call !== 'putVerdict') return;
    (step.ok ? this.#journalled : this.#refused).add(step.verdictId);
  }

  #query(step: Extract<Step, { type: 'query' }>): void {
    const { leaseId, sql, pid, at_ms, onlyPrepares } = step;
    const lease = this.#leases.get(leaseId);
    if (lease === undefined || lease.sql !== sql || lease.worker.pid !== pid)
      this.#breaches.report('a lease is stored before its query is sent', step, sql);
    const run: Run = {
      leaseId,
      sql,
      pid,
      began_ms: at_ms,
      onlyPrepares,
      life: this.#life,
      signalled_ms: undefined,
      excused: false,
    };
    this.#runs.set(leaseId, run);
    this.#running.set(pid, run);
  }

  #excuse(applies: (run: Run) => boolean): void {
    for (const run of this.#running.values()) if (applies(run)) run.excused = true;
  }

  #signalled(step: Extract<Step, { type: 'signalled' }>): void {
    const run = this.#running.get(step.pid);
    if (run === undefined) return;
    run.signalled_ms = step.at_ms;
    if (step.sql === undefined) return;
    // What an earlier supervisor left is ended without a verdict: it denies nothing.
    if (this.#stopping || run.excused || run.life !== this.#life) return;
    const verdictId = this.#judged.get(run.leaseId);
    if (verdictId === undefined) this.#breaches.report('no kill without a verdict', step, step.sql);
    else if (!this.#journalled.has(verdictId) && !this.#refused.has(verdictId))
      this.#breaches.report('a verdict reaches the store, or fails there, before the signal', step, step.sql);
  }

  #verdict(verdict: Verdict, step: Step): void {
    const run = this.#runs.get(verdict.leaseId);
    const { verdictId, sql, kind, reason, worker, journalled } = verdict;
    // What is only slowed goes on, and may still have to be stopped.
    if (kind !== 'throttle') this.#judged.set(verdict.leaseId, verdictId);
    if (run?.sql !== sql || run.pid !== worker.pid)
      return this.#breaches.report(
        'the blamed query is the one that ran',
        step,
        `${sql} in ${worker.pid}; ran ${run?.sql} in ${run?.pid}`,
      );
    if (reason === 'unkillable') this.#unkillable(run, step);
    else if (kind === 'throttle') this.#slowed(run, verdict, step);
    else this.#guilty(run, verdict, step);
    if (journalled !== this.#journalled.has(verdictId))
      this.#breaches.report('a verdict is marked unjournalled if and only if the store failed', step, sql);
  }

  #unkillable({ sql, signalled_ms }: Run, step: Step): void {
    // Added as a timer adds, not subtracted: the difference of two fractions may fall short of it by its last bit.
    if (signalled_ms === undefined || step.at_ms < signalled_ms + unkillable_ms)
      this.#breaches.report('only what outlives SIGKILL counts as unkillable', step, sql);
  }

  #slowed({ sql, onlyPrepares }: Run, { limit, measured, strike }: Verdict, step: Step): void {
    const statement = onlyPrepares ? undefined : this.#statements.get(sql);
    if (statement === undefined || stretchOf(statement) === 1)
      this.#breaches.report('only what wants more than its share is slowed', step, sql);
    if (strike) this.#breaches.report('what is slowed gets no strike for it', step, sql);
    if (measured <= limit)
      this.#breaches.report('what is told of a slowed query is what it wants', step, `${sql}: ${measured}`);
  }

  #guilty({ sql, onlyPrepares }: Run, { reason, strike }: Verdict, step: Step): void {
    const guilt = onlyPrepares ? undefined : this.#statements.get(sql)?.guilt;
    if (guilt === undefined) this.#breaches.report('no innocent query is judged', step, `${sql}: ${reason}`);
    else if (guilt !== reason && !(reason === 'cpu_ms' && guilt === 'cpu_percent' && this.#gaps))
      this.#breaches.report('a query is judged for what it did', step, `${sql}: ${reason}, did ${guilt}`);
    const mayStrike = (this.#mayBeDenied.get(sql) ?? true) && !noOffences.includes(reason);
    // Time is a query's own fault only on a calm host.
    const unsure = reason === 'wall_ms' && hasFault(this.#scenario, 'host_busy');
    if (strike !== mayStrike && !(unsure && mayStrike))
      this.#breaches.report(
        'what costs a whole budget is a strike, and nothing else is',
        step,
        `${sql}: ${reason}`,
      );
  }
}
