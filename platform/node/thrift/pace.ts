const second_ms = 1000;

/**
 * How fast the clients of one socket together are read: a bucket that holds one second's worth. What a client sends
 * costs its server time, which a flood must not take from everything else.
 */
export class Pace {
  readonly #bytes_per_s: number;
  #left_bytes: number;
  #asOf_ms: number;

  constructor(bytes_per_s: number, now_ms: number) {
    this.#bytes_per_s = bytes_per_s;
    this.#left_bytes = bytes_per_s;
    this.#asOf_ms = now_ms;
  }

  /** Notes what something cost, in bytes; milliseconds to wait until there is room again, 0 while there is. */
  spend(cost_bytes: number, now_ms: number): number {
    const earned_bytes = ((now_ms - this.#asOf_ms) * this.#bytes_per_s) / second_ms;
    this.#left_bytes = Math.min(this.#bytes_per_s, this.#left_bytes + earned_bytes) - cost_bytes;
    this.#asOf_ms = now_ms;
    return this.#left_bytes >= 0 ? 0 : Math.ceil((-this.#left_bytes * second_ms) / this.#bytes_per_s);
  }
}
