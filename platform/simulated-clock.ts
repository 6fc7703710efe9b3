import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly at_ms: number;
  readonly order: number;
  readonly fire: () => void;
}

/**
 * A clock that moves only when it is told to. Timers fire in the order of their times, equal ones in the order in
 * which they were set, and a timer that sets itself again fires every period within one jump.
 */
export class SimulatedClock implements Clock {
  #now_ms = 0;
  #unixOffset_ms: number;
  #order = 0;
  #pending: Pending[] = [];

  constructor(unix_ms: number = Date.UTC(2026, 0, 1)) {
    this.#unixOffset_ms = unix_ms;
  }

  monotonicMs(): number {
    return this.#now_ms;
  }

  unixMs(): number {
    return this.#unixOffset_ms + this.#now_ms;
  }

  after(delay_ms: number, fire: () => void): Timer {
    const entry: Pending = { at_ms: this.#now_ms + Math.max(0, delay_ms), order: this.#order, fire };
    this.#order += 1;
    this.#pending.push(entry);
    return {
      cancel: () => {
        this.#pending = this.#pending.filter((other) => other !== entry);
      },
    };
  }

  soon(fire: () => void): void {
    this.after(0, fire);
  }

  /** Somebody set the wall clock; monotonic time does not care. */
  jumpWallClock(by_ms: number): void {
    this.#unixOffset_ms += by_ms;
  }

  /** Moves on by `ms`. After each timer everything that waits on promises gets its turn. */
  async advance(ms: number): Promise<void> {
    const until_ms = this.#now_ms + ms;
    await settle();
    for (let next = this.#due(until_ms); next !== undefined; next = this.#due(until_ms)) {
      const { at_ms, fire } = next;
      this.#pending = this.#pending.filter((entry) => entry !== next);
      this.#now_ms = Math.max(this.#now_ms, at_ms);
      fire();
      await settle();
    }
    this.#now_ms = until_ms;
  }

  #due(until_ms: number): Pending | undefined {
    return this.#pending
      .filter((entry) => entry.at_ms <= until_ms)
      .sort((one, other) => one.at_ms - other.at_ms || one.order - other.order)[0];
  }
}

/** Lets chains of resolved promises run out: each await is one link, and ours are short. */
const settle = async (): Promise<void> => {
  for (let link = 0; link < 20; link += 1) await Promise.resolve();
};
