import type {
  LogPosition,
  ResultLog,
  ResultsStore,
  SpooledLine,
  StoredBaseline,
} from '../../platform/results-store.ts';

interface WaitingLine extends SpooledLine {
  readonly log: ResultLog;
}

/** All that the store holds. Every value in it is immutable, so a shallow copy is a copy. */
interface Content {
  readonly queries: Map<string, StoredBaseline>;
  readonly spool: WaitingLine[];
  readonly positions: Map<ResultLog, LogPosition>;
  /** Every line that was ever committed, for the checkers. */
  readonly committed: Record<ResultLog, string[]>;
  nextId: number;
}

const empty = (): Content => ({
  queries: new Map(),
  spool: [],
  positions: new Map(),
  committed: { results: [], snapshots: [] },
  nextId: 1,
});

const copyOf = ({ queries, spool, positions, committed, nextId }: Content): Content => ({
  queries: new Map(queries),
  spool: [...spool],
  positions: new Map(positions),
  committed: { results: [...committed.results], snapshots: [...committed.snapshots] },
  nextId,
});

/** `results.db` in memory: each call is a transaction, and what was not synced is lost with the host's power. */
export class SimulatedResultsStore implements ResultsStore {
  #content = empty();
  #durable = empty();

  /** Lines of a log in the order of their commits, from the beginning of the store. */
  committed(log: ResultLog): readonly string[] {
    return this.#content.committed[log];
  }

  /** What is in it now survives a loss of power. */
  sync(): void {
    this.#durable = copyOf(this.#content);
  }

  losePower(): void {
    this.#content = copyOf(this.#durable);
  }

  baseline(name: string): StoredBaseline | undefined {
    return this.#content.queries.get(name);
  }

  commit(name: string, baseline: StoredBaseline, log: ResultLog, lines: readonly string[]): void {
    const content = this.#content;
    content.queries.set(name, baseline);
    for (const line of lines) {
      content.spool.push({ id: content.nextId, log, line });
      content.nextId += 1;
    }
    content.committed[log].push(...lines);
  }

  head(log: ResultLog, most_bytes: number): readonly SpooledLine[] {
    const head: SpooledLine[] = [];
    let bytes = 0;
    for (const waiting of this.#content.spool) {
      if (waiting.log !== log) continue;
      bytes += Buffer.byteLength(waiting.line) + 1;
      if (head.length > 0 && bytes > most_bytes) break;
      head.push({ id: waiting.id, line: waiting.line });
    }
    return head;
  }

  waiting(): number {
    return this.#content.spool.length;
  }

  position(log: ResultLog): LogPosition | undefined {
    return this.#content.positions.get(log);
  }

  acknowledge(log: ResultLog, lastId: number | undefined, position: LogPosition): void {
    const { spool, positions } = this.#content;
    if (lastId !== undefined) {
      const left = spool.filter((line) => line.log !== log || line.id > lastId);
      spool.splice(0, spool.length, ...left);
    }
    positions.set(log, position);
  }

  performance(): readonly StoredBaseline['performance'][] {
    return [...this.#content.queries.values()].map(({ performance }) => performance);
  }

  retain(names: readonly string[]): void {
    for (const name of [...this.#content.queries.keys()])
      if (!names.includes(name)) this.#content.queries.delete(name);
  }

  close(): void {}
}
