/**
 * Which queries need a worker that may open sockets, as far as a worker has said so. Bounded: the oldest go first. An
 * extension that goes changes nothing here: no table of ours has a name of its tables, so the query fails there as well
 * as elsewhere, and is in its place when the extension, or another one with such a table, comes.
 */
export class NetQueries {
  readonly #hashes = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** A worker could not run the query without a socket. */
  learn(sqlHash: string): void {
    this.#hashes.delete(sqlHash);
    this.#hashes.add(sqlHash);
    const [oldest] = this.#hashes;
    if (this.#hashes.size > this.#most && oldest !== undefined) this.#hashes.delete(oldest);
  }

  has(sqlHash: string): boolean {
    return this.#hashes.has(sqlHash);
  }
}
