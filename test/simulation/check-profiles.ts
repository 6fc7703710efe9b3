import type { Lease } from '../../protocol/lease.ts';
import type { Breaches } from './breaches.ts';
import { hasFault, type Scenario, statementsOf } from './scenario.ts';
import type { StepHandlers, StepReader } from './step-reader.ts';
import type { Step } from './world.ts';

/** A query that needs a socket runs where it may open one, and nothing else runs there. */
export class ProfileChecker implements StepReader {
  readonly #leases: ReadonlyMap<string, Lease>;
  readonly #breaches: Breaches;
  readonly #needNet: ReadonlySet<string>;
  /** What a worker says is heard late. */
  readonly #newsIsLate: boolean;
  /** When the present supervisor was first told that a statement needs a socket, by its hash. */
  readonly #told_ms = new Map<string, number>();
  /** Hash of what each process runs, or ran last. */
  readonly #hashes = new Map<number, string>();

  constructor(scenario: Scenario, leases: ReadonlyMap<string, Lease>, breaches: Breaches) {
    this.#leases = leases;
    this.#breaches = breaches;
    this.#newsIsLate = hasFault(scenario, 'supervisor_held_up', 'host_suspended');
    this.#needNet = new Set(
      statementsOf(scenario)
        .filter(({ conduct }) => conduct.needsNet === true)
        .map(({ name }) => name),
    );
  }

  readonly at: StepHandlers = {
    supervisor_began: () => this.#told_ms.clear(),
    needed_net: ({ pid, at_ms }) => {
      const hash = this.#hashes.get(pid) ?? '';
      if (!this.#told_ms.has(hash)) this.#told_ms.set(hash, at_ms);
    },
    query: (step) => this.#query(step),
  };

  end(): void {}

  #query(step: Extract<Step, { type: 'query' }>): void {
    const { pid, sql, profile, onlyPrepares } = step;
    const hash = this.#leases.get(step.leaseId)?.sqlHash ?? '';
    this.#hashes.set(pid, hash);
    if (profile === 'net' && !this.#needNet.has(sql))
      this.#breaches.report('only a query that needs a socket runs where it may open one', step, sql);
    const told_ms = this.#told_ms.get(hash);
    if (onlyPrepares && told_ms !== undefined && told_ms < step.at_ms && !this.#newsIsLate)
      this.#breaches.report('a query that is known to need a socket goes there at once', step, sql);
  }
}
