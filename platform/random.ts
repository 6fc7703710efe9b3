/** Randomness, passed in so that a seed replays a run. */
export interface Random {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** An identifier that no other call in this life or another returns (a UUID in production). */
  id(): string;
}
