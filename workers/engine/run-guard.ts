import type { Budget } from '../../protocol/budget.ts';
import { BudgetExceeded } from '../../protocol/budget-exceeded.ts';

/** CPU time of this process so far. */
export interface CpuTime {
  readonly user_ms: number;
  readonly system_ms: number;
}

/** What a run measures itself with. */
export interface Meter {
  /** CLOCK_MONOTONIC. */
  monotonicMs(): number;
  cpu(): CpuTime;
  /** Ends this process when the supervisor that forked it is gone. */
  exitIfOrphaned(): void;
  /** Blocks this process for so long. */
  pause(duration_ms: number): void;
}

/** Asking the kernel for CPU time and parent costs microseconds, so it is done at most this often. */
const kernelCheckEvery_ms = 5;
/** A run that sleeps looks up this often. */
const pausePart_ms = 100;

/**
 * Watches the clock of one run from inside: SQLite's progress handler and every row of a table pass here.
 * What was exceeded is kept, so that a table that swallows the exception does not escape.
 */
export class RunGuard {
  readonly #budget: Budget;
  readonly #meter: Meter;
  readonly #started_ms: number;
  readonly #cpuAtStart_ms: number;
  #blocked_ms = 0;
  #nextKernelCheck_ms: number;
  #exceeded: BudgetExceeded | undefined;

  constructor(budget: Budget, meter: Meter) {
    this.#budget = budget;
    this.#meter = meter;
    this.#started_ms = meter.monotonicMs();
    this.#cpuAtStart_ms = totalOf(meter.cpu());
    this.#nextKernelCheck_ms = this.#started_ms + kernelCheckEvery_ms;
  }

  /** The first budget that was used up in this run. */
  get exceeded(): BudgetExceeded | undefined {
    return this.#exceeded;
  }

  /** Time under this lease without time blocked on the supervisor. */
  get wall_ms(): number {
    return this.#meter.monotonicMs() - this.#started_ms - this.#blocked_ms;
  }

  /** Runs something that waits for the supervisor; its time is not charged. */
  unchargedWhile<T>(wait: () => T): T {
    const began_ms = this.#meter.monotonicMs();
    try {
      return wait();
    } finally {
      this.#blocked_ms += this.#meter.monotonicMs() - began_ms;
    }
  }

  /** Notes that a budget is used up and gives the exception to throw. */
  exceed(exceeded: BudgetExceeded): BudgetExceeded {
    this.#exceeded ??= exceeded;
    return this.#exceeded;
  }

  /** False when the run must end now. */
  mayContinue(): boolean {
    if (this.#exceeded !== undefined) return false;
    const now_ms = this.#meter.monotonicMs();
    const wall_ms = now_ms - this.#started_ms - this.#blocked_ms;
    // How long a throttled run stood still is known to the supervisor alone, which then keeps the deadline.
    if (this.#budget.throttle_percent === 0 && wall_ms > this.#budget.wall_ms) {
      this.#exceeded = new BudgetExceeded('wall_ms', this.#budget.wall_ms, wall_ms);
      return false;
    }
    if (now_ms < this.#nextKernelCheck_ms) return true;
    this.#nextKernelCheck_ms = now_ms + kernelCheckEvery_ms;
    this.#meter.exitIfOrphaned();
    const cpu_ms = totalOf(this.#meter.cpu()) - this.#cpuAtStart_ms;
    if (cpu_ms > this.#budget.cpu_ms) {
      this.#exceeded = new BudgetExceeded('cpu_ms', this.#budget.cpu_ms, cpu_ms);
      return false;
    }
    return true;
  }

  /** Lets time pass, which is charged to the run; throws when the run must end before that. */
  pause(duration_ms: number): void {
    for (let left_ms = duration_ms; left_ms > 0; left_ms -= pausePart_ms) {
      this.check();
      this.#meter.pause(Math.min(left_ms, pausePart_ms));
    }
    this.check();
  }

  /** Throws when the run must end now. For code that SQLite called and that can throw. */
  check(): void {
    if (!this.mayContinue() && this.#exceeded !== undefined) throw this.#exceeded;
  }
}

const totalOf = ({ user_ms, system_ms }: CpuTime): number => user_ms + system_ms;
