import type { Clock, Timer } from '../platform/clock.ts';

/** The timers of one actor, by key. */
export class Timers {
  readonly #clock: Clock;
  readonly #running = new Map<string, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A timer of the same key is replaced. */
  start(key: string, delay_ms: number, fire: () => void): void {
    this.#running.get(key)?.cancel();
    const timer = this.#clock.after(delay_ms, () => {
      if (this.#running.get(key) === timer) this.#running.delete(key);
      fire();
    });
    this.#running.set(key, timer);
  }

  cancel(key: string): void {
    this.#running.get(key)?.cancel();
    this.#running.delete(key);
  }

  cancelAll(): void {
    for (const timer of this.#running.values()) timer.cancel();
    this.#running.clear();
  }
}
