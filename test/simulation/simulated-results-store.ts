import type {
  LogPosition,
  LostLines,
  ResultLog,
  ResultsStore,
  SpoolBounds,
  SpooledLine,
  SpoolSink,
  StoredBaseline,
} from '../../platform/results-store.ts';

interface Cursor extends SpoolSink {
  readonly lastId: number;
}

/** All that the store holds. Every value in it is immutable, so a shallow copy is a copy. */
interface Content {
  readonly queries: Map<string, StoredBaseline>;
  spool: readonly SpooledLine[];
  readonly positions: Map<string, LogPosition>;
  readonly sinks: Map<string, Cursor>;
  /** Every line that was ever committed, for the checkers. */
  readonly committed: Record<ResultLog, string[]>;
  /** Queries whose baselines were forgotten, each with the lines of the results log up to then. */
  readonly forgotten: { readonly name: string; readonly after_lines: number }[];
  nextId: number;
}

const empty = (): Content => ({
  queries: new Map(),
  spool: [],
  positions: new Map(),
  sinks: new Map(),
  committed: { results: [], snapshots: [] },
  forgotten: [],
  nextId: 1,
});

const copyOf = ({ queries, spool, positions, sinks, committed, forgotten, nextId }: Content): Content => ({
  queries: new Map(queries),
  spool,
  positions: new Map(positions),
  sinks: new Map(sinks),
  committed: { results: [...committed.results], snapshots: [...committed.snapshots] },
  forgotten: [...forgotten],
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

  get forgotten(): Content['forgotten'] {
    return this.#content.forgotten;
  }

  /** What is in it now survives a loss of power. */
  sync(): void {
    this.#durable = copyOf(this.#content);
  }

  losePower(): void {
    this.#content = copyOf(this.#durable);
  }

  serve(sinks: readonly SpoolSink[]): readonly LostLines[] {
    const content = this.#content;
    const gone = [...content.sinks.values()].filter(({ name }) => sinks.every((sink) => sink.name !== name));
    const lost = gone.map(({ name }) => ({ sink: name, lines: this.#waitingFor(name).length }));
    for (const { name } of gone) content.sinks.delete(name);
    for (const sink of sinks)
      if (!content.sinks.has(sink.name))
        content.sinks.set(sink.name, { ...sink, lastId: content.nextId - 1 });
    this.#dropTaken();
    return lost.filter(({ lines }) => lines > 0);
  }

  baseline(name: string): StoredBaseline | undefined {
    return this.#content.queries.get(name);
  }

  commit(name: string, baseline: StoredBaseline, log: ResultLog, lines: readonly string[]): void {
    this.#content.queries.set(name, baseline);
    this.append(log, lines);
  }

  append(log: ResultLog, lines: readonly string[]): void {
    const content = this.#content;
    content.committed[log].push(...lines);
    if ([...content.sinks.values()].every(({ logs }) => !logs.includes(log))) return;
    content.spool = [
      ...content.spool,
      ...lines.map((line, index) => ({ id: content.nextId + index, log, line })),
    ];
    content.nextId += lines.length;
  }

  head(sink: string, most_bytes: number): readonly SpooledLine[] {
    const head: SpooledLine[] = [];
    let bytes = 0;
    for (const waiting of this.#waitingFor(sink)) {
      bytes += Buffer.byteLength(waiting.line) + 1;
      if (head.length > 0 && bytes > most_bytes) break;
      head.push(waiting);
    }
    return head;
  }

  waiting(): number {
    return this.#content.spool.length;
  }

  position(sink: string): LogPosition | undefined {
    return this.#content.positions.get(sink);
  }

  acknowledge(sink: string, lastId: number | undefined, position?: LogPosition): void {
    const { positions, sinks } = this.#content;
    if (position !== undefined) positions.set(sink, position);
    const cursor = sinks.get(sink);
    if (lastId === undefined || cursor === undefined) return;
    sinks.set(sink, { ...cursor, lastId });
    this.#dropTaken();
  }

  trim({ lines, bytes }: SpoolBounds): readonly LostLines[] {
    const isOver = (share: number): boolean => {
      const { spool } = this.#content;
      const size_bytes = spool.reduce((sum, { line }) => sum + Buffer.byteLength(line), 0);
      return (lines > 0 && spool.length > lines * share) || size_bytes > bytes * share;
    };
    if (!isOver(1)) return [];
    const lost = new Map([...this.#content.sinks.keys()].map((name) => [name, 0]));
    while (isOver(0.9)) {
      const [oldest, ...rest] = this.#content.spool;
      for (const { name } of this.#content.sinks.values())
        if (this.#waitingFor(name)[0] === oldest) lost.set(name, (lost.get(name) ?? 0) + 1);
      this.#content.spool = rest;
    }
    return [...lost].map(([sink, count]) => ({ sink, lines: count })).filter((each) => each.lines > 0);
  }

  #waitingFor(sink: string): readonly SpooledLine[] {
    const cursor = this.#content.sinks.get(sink);
    if (cursor === undefined) return [];
    return this.#content.spool.filter(({ id, log }) => id > cursor.lastId && cursor.logs.includes(log));
  }

  /** What no sink waits for leaves the spool. */
  #dropTaken(): void {
    const sinks = [...this.#content.sinks.values()];
    this.#content.spool = this.#content.spool.filter(({ id, log }) =>
      sinks.some(({ logs, lastId }) => logs.includes(log) && id > lastId),
    );
  }

  performance(): readonly StoredBaseline['performance'][] {
    return [...this.#content.queries.values()].map(({ performance }) => performance);
  }

  retain(names: readonly string[]): void {
    const { queries, forgotten, committed } = this.#content;
    for (const name of [...queries.keys()]) {
      if (names.includes(name)) continue;
      queries.delete(name);
      forgotten.push({ name, after_lines: committed.results.length });
    }
  }

  close(): void {}
}
