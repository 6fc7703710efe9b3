import type { Clock, Timer } from './clock.ts';

interface Pending {
  readonly at_ms: number;
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

/**
 * A clock that moves only when it is told to. Timers fire in the order of their times, equal ones in the order in
 * which they were set, and a timer that sets itself again fires every period within one jump.
 */
export class SimulatedClock implements Clock {
  #now_ms = 0;
  #unixOffset_ms: number;
  readonly #promiseLinks: number;
  #order = 0;
  /** A binary heap: the earliest first. What is cancelled stays until it comes up. */
  readonly #pending: Pending[] = [];

  /** `promiseLinks`: how long a chain of promises may be that runs out between two timers. */
  constructor(unix_ms: number = Date.UTC(2026, 0, 1), promiseLinks = 20) {
    this.#unixOffset_ms = unix_ms;
    this.#promiseLinks = promiseLinks;
  }

  monotonicMs(): number {
    return this.#now_ms;
  }

  unixMs(): number {
    return this.#unixOffset_ms + this.#now_ms;
  }

  after(delay_ms: number, fire: () => void): Timer {
    const at_ms = this.#now_ms + Math.max(0, delay_ms);
    const entry: Pending = { at_ms, order: this.#order, fire, cancelled: false };
    this.#order += 1;
    push(this.#pending, entry);
    return {
      cancel: () => {
        entry.cancelled = true;
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
    for (let link = 0; link < this.#promiseLinks; link += 1) await passed;
    for (let next = this.#due(until_ms); next !== undefined; next = this.#due(until_ms)) {
      this.#now_ms = Math.max(this.#now_ms, next.at_ms);
      next.fire();
      for (let link = 0; link < this.#promiseLinks; link += 1) await passed;
    }
    this.#now_ms = until_ms;
  }

  #due(until_ms: number): Pending | undefined {
    for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
      if (!first.cancelled && first.at_ms > until_ms) return undefined;
      pop(this.#pending);
      if (!first.cancelled) return first;
    }
    return undefined;
  }
}

const isBefore = (one: Pending, other: Pending): boolean =>
  one.at_ms < other.at_ms || (one.at_ms === other.at_ms && one.order < other.order);

const push = (heap: Pending[], entry: Pending): void => {
  let index = heap.length;
  heap.push(entry);
  for (;;) {
    const parentAt = (index - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[index] = parent;
    index = parentAt;
  }
  heap[index] = entry;
};

/** Takes the first entry away. */
const pop = (heap: Pending[]): void => {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    const rightIsFirst = left !== undefined && right !== undefined && isBefore(right, left);
    const child = rightIsFirst ? right : left;
    if (child === undefined || !isBefore(child, last)) break;
    heap[index] = child;
    index = 2 * index + (rightIsFirst ? 2 : 1);
  }
  heap[index] = last;
};

/** One link of a chain of promises. */
const passed: Promise<void> = Promise.resolve();
