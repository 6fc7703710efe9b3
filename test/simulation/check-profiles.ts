import type { Breaches } from './breaches.ts';
import { hasFault, type Scenario, statementsOf } from './scenario.ts';
import type { StepHandlers, StepReader } from './step-reader.ts';
import type { Step } from './world.ts';

/** A query that needs a socket runs where it may open one, and nothing else runs there. */
export class ProfileChecker implements StepReader {
  readonly #breaches: Breaches;
  readonly #needNet: ReadonlySet<string>;
  /** What a worker says is heard late. */
  readonly #newsIsLate: boolean;
  /** When the present supervisor was first told that a statement needs a socket. */
  readonly #told_ms = new Map<string, number>();

  constructor(scenario: Scenario, breaches: Breaches) {
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
    needed_net: ({ sql, at_ms }) => {
      if (!this.#told_ms.has(sql)) this.#told_ms.set(sql, at_ms);
    },
    query: (step) => this.#query(step),
  };

  end(): void {}

  #query(step: Extract<Step, { type: 'query' }>): void {
    const { sql, profile, onlyPrepares } = step;
    if (profile === 'net' && !this.#needNet.has(sql))
      this.#breaches.report('only a query that needs a socket runs where it may open one', step, sql);
    const told_ms = this.#told_ms.get(sql);
    if (onlyPrepares && told_ms !== undefined && told_ms < step.at_ms && !this.#newsIsLate)
      this.#breaches.report('a query that is known to need a socket goes there at once', step, sql);
  }
}
