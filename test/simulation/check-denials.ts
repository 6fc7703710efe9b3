import { type Denial, recordKey } from '../../protocol/denial.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { Breaches } from './breaches.ts';
import { denial_ms, type Scenario, scheduledIn } from './scenario.ts';
import type { StepHandlers, StepReader } from './step-reader.ts';
import type { Step } from './world.ts';

/** Nothing denied starts, a denial that is over is tried once and alone, and a strike counts once. */
export class DenialChecker implements StepReader {
  readonly #mayNotBeDenied: ReadonlySet<string>;
  readonly #breaches: Breaches;
  readonly #records = new Map<string, Denial>();
  readonly #leases = new Map<string, Lease>();
  /** Queries that each process has run. */
  readonly #ran = new Map<number, number>();
  /** The lease under which each process runs, or ran last. */
  readonly #runs = new Map<number, string>();
  /** Leases of probation runs that are not over. */
  readonly #onProbation = new Set<string>();
  /** A wall clock that goes back moves denials: until they end nobody can say when that is. */
  #wentBack = false;

  constructor(scenario: Scenario, breaches: Breaches) {
    this.#mayNotBeDenied = new Set(
      scheduledIn(scenario)
        .filter(({ mayBeDenied }) => !mayBeDenied)
        .map(({ name }) => name),
    );
    this.#breaches = breaches;
  }

  readonly at: StepHandlers = {
    supervisor_killed: (step) => this.#restored(step.stored.denials),
    power_lost: (step) => this.#restored(step.stored.denials),
    wall_clock_jumped: ({ by_ms }) => {
      this.#wentBack ||= by_ms < 0;
    },
    store: (step) => this.#stored(step),
    said: (step) => {
      if (step.event.type === 'denied') this.#denied(step.event.denial, step);
    },
    spawned: ({ pid }) => void this.#ran.set(pid, 0),
    query: (step) => this.#query(step),
    signalled: ({ pid }) => void this.#onProbation.delete(this.#runs.get(pid) ?? ''),
  };

  end(): void {}

  /** What the next supervisor will find. */
  #restored(stored: readonly Denial[]): void {
    this.#records.clear();
    this.#onProbation.clear();
    for (const denial of stored) this.#records.set(recordKey(denial), denial);
  }

  #stored(step: Extract<Step, { type: 'store' }>): void {
    if (step.call === 'putLease' && step.lease !== undefined) this.#leases.set(step.subject, step.lease);
    if (step.call === 'endLease') this.#onProbation.delete(step.subject);
    if (step.call === 'putDenial') this.#records.set(step.subject, step.denial);
    if (step.call === 'removeDenial') this.#records.delete(step.subject);
  }

  #denied(denial: Denial, step: Step): void {
    const key = recordKey(denial);
    const former = this.#records.get(key);
    this.#records.set(key, denial);
    // An operator's word is stored first; and what was stored is told again at each start.
    if (denial.reason === 'operator' || former?.since_unix_ms === denial.since_unix_ms) return;
    const strikes = (former?.strikes ?? 0) + 1;
    const length_ms = denial_ms[Math.min(strikes, denial_ms.length) - 1];
    if (denial.strikes !== strikes || denial.until_unix_ms - denial.since_unix_ms !== length_ms)
      this.#breaches.report(
        'a strike counts once, and each makes the denial longer',
        step,
        `${denial.sql}: strike ${denial.strikes} after ${strikes - 1}`,
      );
  }

  #query(step: Extract<Step, { type: 'query' }>): void {
    const ran = this.#ran.get(step.pid) ?? 0;
    this.#ran.set(step.pid, ran + 1);
    this.#runs.set(step.pid, step.leaseId);
    const lease = this.#leases.get(step.leaseId);
    const record = lease === undefined ? undefined : this.#records.get(recordKey(lease));
    if (lease === undefined || record?.state !== 'denied' || this.#wentBack) return;
    if (step.unix_ms < record.until_unix_ms) {
      if (!this.#mayNotBeDenied.has(step.sql))
        this.#breaches.report('no denied query starts', step, step.sql);
      return;
    }
    if (ran > 0 || lease.lane !== 'probation' || this.#onProbation.size > 0)
      this.#breaches.report(
        'after a denial a query runs once, alone, in a process that has run nothing',
        step,
        `${step.sql} in lane ${lease.lane}, after ${ran} others`,
      );
    this.#onProbation.add(step.leaseId);
  }
}
