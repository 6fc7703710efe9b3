/** A process that cannot be mistaken for a later one of the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat: clock ticks after boot. */
  readonly startTicks: number;
}

/** One observation of a process. */
export interface Sample extends ProcessIdentity {
  /** CLOCK_MONOTONIC when it was taken, in milliseconds. */
  readonly at_ms: number;
  /** User plus system time since the process began, in milliseconds. */
  readonly cpu_ms: number;
  /** Resident minus shared pages, in bytes: what its death would give back. */
  readonly private_bytes: number;
}
