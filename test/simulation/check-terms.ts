import { type Budget, budgetNames } from '../../protocol/budget.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { LimitOverride } from '../../protocol/limit-override.ts';
import type { ScheduledQuery } from '../../supervisor/config/config.ts';
import type { Breaches } from './breaches.ts';
import { hasFault, heldUp_ms, type Scenario } from './scenario.ts';
import type { StepHandlers, StepReader } from './step-reader.ts';
import type { Step } from './world.ts';

/** The limits of a query's next run, up to a moment. */
interface Terms {
  readonly budget: Budget;
  to_ms: number;
}

type StepOf<Type extends Step['type']> = Extract<Step, { readonly type: Type }>;

/** An override is ended by the next tick. */
const tick_ms = 1_000;

/**
 * Each lease has the limits that config and override gave when its run was due: at some moment since the query's
 * former run was over. What is overridden survives every death, and nothing that is over comes back.
 */
export class TermsChecker implements StepReader {
  readonly #breaches: Breaches;
  /** So long after its end an override may still be met: a guard that is held up has not seen a tick. */
  readonly #grace_ms: number;
  /** A supervisor that died in a call may have stored what it told nobody. */
  readonly #diesInCalls: boolean;
  readonly #config = new Map<string, Budget>();
  readonly #overrides = new Map<string, LimitOverride>();
  /** By name, oldest first: those since the former run was over. */
  readonly #terms = new Map<string, Terms[]>();
  /** Overrides that a wall clock which went back has moved: nobody can say when they end. */
  readonly #moved = new Set<string>();
  /** By when the supervisor has seen that an override is over; for ever while none is there to see it. */
  readonly #seenOver_ms = new Map<string, number>();
  #isUp = false;
  readonly #journalled = new Set<string>();
  /**
   * Leases under which something ran. A query that needs a socket, or whose worker was lost before it began, gets another
   * one under the same terms.
   */
  readonly #ran = new Set<string>();
  /** Of scheduled runs that are not over, by lease. */
  readonly #runs = new Map<string, { readonly name: string; readonly pid: number }>();
  #journalFailed = false;

  constructor(scenario: Scenario, breaches: Breaches) {
    this.#breaches = breaches;
    this.#grace_ms = tick_ms + heldUp_ms(scenario);
    this.#diesInCalls = hasFault(scenario, 'supervisor_killed_in_a_call');
  }

  readonly at: StepHandlers = {
    supervisor_began: (step) => this.#began(step),
    supervisor_killed: (step) => this.#killed(step),
    power_lost: ({ stored, unix_ms }) => this.#restored(stored.overrides, unix_ms),
    wall_clock_jumped: (step) => this.#jumped(step),
    override_set: (step) => this.#set(step),
    override_taken_back: (step) => this.#takenBack(step),
    rescheduled: (step) => this.#rescheduled(step),
    query: ({ leaseId, onlyPrepares }) => {
      if (!onlyPrepares) this.#ran.add(leaseId);
    },
    // A run that is killed is over at once; its lease ends with its process, which may take long.
    signalled: (step) => {
      for (const [leaseId, { pid }] of this.#runs) if (pid === step.pid) this.#runOver(leaseId, step);
    },
    store: (step) => this.#stored(step),
  };

  end(): void {}

  #stored(step: StepOf<'store'>): void {
    if (step.call === 'putLease' && step.lease?.scope.startsWith('schedule:') === true)
      this.#lease(step.lease, step);
    if (step.call === 'endLease') this.#runOver(step.subject, step);
    if (step.call !== 'putOverrides') return;
    if (!step.ok) this.#journalFailed = true;
    else for (const { overrideId } of step.overrides) this.#journalled.add(overrideId);
  }

  #lease({ leaseId, queryId, budget, worker }: Lease, step: Step): void {
    this.#expire(step.at_ms, step.unix_ms);
    this.#runs.set(leaseId, { name: queryId, pid: worker.pid });
    if (this.#moved.has(queryId)) return;
    const terms = this.#terms.get(queryId) ?? [];
    if (!terms.some((each) => budgetNames.every((name) => each.budget[name] === budget[name])))
      this.#breaches.report(
        'a run has the limits that config and override gave when it was due',
        step,
        `${queryId}: ${JSON.stringify(budget)}`,
      );
  }

  #runOver(leaseId: string, { at_ms, unix_ms }: Step): void {
    const name = this.#runs.get(leaseId)?.name;
    this.#runs.delete(leaseId);
    if (name === undefined || !this.#ran.has(leaseId)) return;
    this.#expire(at_ms, unix_ms);
    const left = (this.#terms.get(name) ?? []).filter(({ to_ms }) => to_ms >= at_ms);
    this.#terms.set(name, left);
  }

  #began({ schedule, at_ms, unix_ms }: StepOf<'supervisor_began'>): void {
    this.#expire(at_ms, unix_ms);
    this.#isUp = true;
    for (const [name, seen_ms] of this.#seenOver_ms)
      if (seen_ms === Number.POSITIVE_INFINITY) this.#seenOver_ms.set(name, at_ms);
    this.#terms.clear();
    this.#journalFailed = false;
    this.#configure(schedule);
    for (const name of this.#config.keys()) this.#changed(name, at_ms);
  }

  #rescheduled({ schedule, ok, at_ms, unix_ms }: StepOf<'rescheduled'>): void {
    if (!ok) return;
    this.#expire(at_ms, unix_ms);
    const names = new Set([...this.#config.keys(), ...schedule.map(({ name }) => name)]);
    this.#configure(schedule);
    for (const name of names) this.#changed(name, at_ms);
  }

  #configure(schedule: readonly ScheduledQuery[]): void {
    this.#config.clear();
    for (const { name, budget } of schedule) this.#config.set(name, budget);
  }

  #set(step: StepOf<'override_set'>): void {
    const { override, at_ms, unix_ms } = step;
    this.#expire(at_ms, unix_ms);
    if (!this.#journalled.has(override.overrideId))
      this.#breaches.report('an override is journalled before it is in force', step, override.queryId);
    this.#overrides.set(override.queryId, override);
    this.#isKnownAgain(override.queryId, at_ms);
    this.#changed(override.queryId, at_ms);
  }

  #takenBack({ name, at_ms, unix_ms }: StepOf<'override_taken_back'>): void {
    this.#expire(at_ms, unix_ms);
    this.#overrides.delete(name);
    this.#isKnownAgain(name, at_ms);
    this.#changed(name, at_ms);
  }

  /** A moved override may have ended before: until now a run may have been due under the config alone. */
  #isKnownAgain(name: string, at_ms: number): void {
    const budget = this.#config.get(name);
    if (!this.#moved.delete(name) || budget === undefined) return;
    this.#terms.set(name, [{ budget, to_ms: at_ms }, ...(this.#terms.get(name) ?? [])]);
  }

  #jumped({ by_ms, at_ms, unix_ms }: StepOf<'wall_clock_jumped'>): void {
    this.#expire(at_ms, unix_ms - by_ms);
    if (by_ms < 0) this.#move(at_ms);
    this.#expire(at_ms, unix_ms, at_ms);
  }

  /** What was over, but not yet seen to be, is moved like what is in force. */
  #move(at_ms: number): void {
    for (const name of this.#overrides.keys()) this.#moved.add(name);
    for (const [name, seen_ms] of this.#seenOver_ms) if (at_ms <= seen_ms) this.#moved.add(name);
  }

  /** Ends what is over by the wall clock, no earlier than at a moment. */
  #expire(at_ms: number, unix_ms: number, earliest_ms = 0): void {
    for (const [name, { until_unix_ms }] of this.#overrides) {
      if (unix_ms < until_unix_ms || this.#moved.has(name)) continue;
      this.#overrides.delete(name);
      const ended_ms = Math.max(earliest_ms, at_ms - (unix_ms - until_unix_ms));
      this.#seenOver_ms.set(name, this.#isUp ? ended_ms + this.#grace_ms : Number.POSITIVE_INFINITY);
      this.#changed(name, ended_ms + this.#grace_ms);
    }
  }

  /** From now on other limits hold for the next run; those before may be met up to a moment. */
  #changed(name: string, to_ms: number): void {
    const terms = this.#terms.get(name) ?? [];
    const former = terms.at(-1);
    if (former?.to_ms === Number.POSITIVE_INFINITY) former.to_ms = to_ms;
    const own = this.#config.get(name);
    if (own === undefined) return;
    const budget = { ...own, ...(this.#overrides.get(name)?.limits as Partial<Budget> | undefined) };
    this.#terms.set(name, [...terms, { budget, to_ms: Number.POSITIVE_INFINITY }]);
  }

  #killed(step: StepOf<'supervisor_killed'>): void {
    this.#expire(step.at_ms, step.unix_ms);
    if (!this.#diesInCalls) this.#compare(step);
    this.#isUp = false;
    this.#restored(step.stored.overrides, step.unix_ms);
  }

  /** What the one who died went by is what its successor will find. */
  #compare(step: StepOf<'supervisor_killed'>): void {
    const open = new Map(openOnes(step.stored.overrides).map((override) => [override.queryId, override]));
    for (const [name, { overrideId }] of this.#overrides)
      if (!this.#moved.has(name) && open.get(name)?.overrideId !== overrideId)
        this.#breaches.report('an override in force outlives its supervisor', step, name);
    if (this.#journalFailed) return;
    for (const [name, { until_unix_ms }] of open)
      if (!this.#overrides.has(name) && !this.#moved.has(name) && step.unix_ms < until_unix_ms)
        this.#breaches.report('an override that was taken back does not come back', step, name);
  }

  #restored(stored: readonly LimitOverride[], unix_ms: number): void {
    const moved = new Set(this.#moved);
    this.#overrides.clear();
    this.#moved.clear();
    for (const override of openOnes(stored)) {
      const { queryId, since_unix_ms } = override;
      this.#overrides.set(queryId, override);
      if (moved.has(queryId) || since_unix_ms > unix_ms) this.#moved.add(queryId);
    }
  }
}

const openOnes = (stored: readonly LimitOverride[]): readonly LimitOverride[] =>
  stored.filter(({ end }) => end === undefined);
