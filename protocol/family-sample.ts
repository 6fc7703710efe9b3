/** What a family of processes uses together at one moment. */
export interface FamilySample {
  /** Of the monotonic clock. */
  readonly at_ms: number;
  /** CPU time of all that ever belonged to it, as far as it was seen; never falls. */
  readonly cpu_ms: number;
  /** Resident minus shared memory. */
  readonly private_bytes: number;
  readonly processes: number;
  /** Open descriptors; of processes that may not be looked into none are counted. */
  readonly descriptors: number;
}
