/** A pending timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** Time, passed in so that simulation and tests own it. */
export interface Clock {
  /** CLOCK_MONOTONIC in milliseconds, with fractions: deadlines, leases, rates. */
  monotonicMs(): number;
  /** Unix time in milliseconds: for people, logs and what outlives a boot. */
  unixMs(): number;
  /** Calls `fire` once after at least `delay_ms`. */
  after(delay_ms: number, fire: () => void): Timer;
  /** Calls `fire` once after the I/O that is ready now was served: for long work done in pieces. */
  soon(fire: () => void): void;
}
