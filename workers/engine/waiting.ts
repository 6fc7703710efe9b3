import type { Clock, Timer } from '../../platform/clock.ts';
import type { RunGuard } from './run-guard.ts';

/** How often a run that waits is looked at; it ends at most this long after its deadline or its supervisor. */
const lookEvery_ms = 25;

/**
 * Holds a run to its budget while it waits for a socket: SQLite's progress handler does not come then. `stillWanted`
 * ends the process when nobody wants the rows any more.
 */
export class Waiting {
  readonly #guard: RunGuard;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #stillWanted: () => void;
  readonly #over = new AbortController();
  #timer: Timer;
  #refuse: ((reason: unknown) => void) | undefined;

  constructor(guard: RunGuard, clock: Pick<Clock, 'after'>, stillWanted: () => void) {
    this.#guard = guard;
    this.#clock = clock;
    this.#stillWanted = stillWanted;
    this.#timer = this.#lookLater();
  }

  /** Aborted when the run is over: what it has open is to be closed. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Waits for one promise at a time. Rejects with `BudgetExceeded` when the run must end before it is there. */
  until<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, refuse) => {
      this.#refuse = refuse;
      promise.then(resolve, refuse);
    });
  }

  /** The run is over. */
  end(): void {
    this.#timer.cancel();
    this.#over.abort();
  }

  #lookLater(): Timer {
    return this.#clock.after(lookEvery_ms, () => {
      this.#stillWanted();
      if (!this.#guard.mayContinue()) return this.#refuse?.(this.#guard.exceeded);
      this.#timer = this.#lookLater();
    });
  }
}
