import type { Clock } from '../../platform/clock.ts';

/** The time of a process that may be stopped and continued: it passes only while the process runs. */
export class RunningTime {
  readonly #clock: Clock;
  #formerStops_ms = 0;
  #stoppedSince_ms: number | undefined;
  /** What came due while it stood still. */
  #onGoingOn: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isStopped(): boolean {
    return this.#stoppedSince_ms !== undefined;
  }

  /** Milliseconds; only differences mean something. */
  now_ms(): number {
    return (this.#stoppedSince_ms ?? this.#clock.monotonicMs()) - this.#formerStops_ms;
  }

  stop(): void {
    this.#stoppedSince_ms ??= this.#clock.monotonicMs();
  }

  goOn(): void {
    if (this.#stoppedSince_ms === undefined) return;
    this.#formerStops_ms += this.#clock.monotonicMs() - this.#stoppedSince_ms;
    this.#stoppedSince_ms = undefined;
    for (const act of this.#onGoingOn.splice(0)) act();
  }

  /** Calls when the process has run for so long. */
  after(delay_ms: number, act: () => void): void {
    const due_ms = this.now_ms() + delay_ms;
    this.#clock.after(delay_ms, () => this.#due(due_ms, act));
  }

  #due(due_ms: number, act: () => void): void {
    const missing_ms = due_ms - this.now_ms();
    if (missing_ms <= rounding_ms) act();
    else if (this.isStopped) this.#onGoingOn.push(() => this.after(missing_ms, act));
    else this.after(missing_ms, act);
  }
}

/** Sums of fractions differ in their last bits. */
const rounding_ms = 1e-6;
