import type { HostFilesUsage } from '../../protocol/host-files.ts';
import type { ExtensionRows } from '../../protocol/host-network.ts';
import { ok } from '../../protocol/result.ts';
import { maxScanTraces, type ScanTrace } from '../../protocol/scan-trace.ts';
import { type Argument, type Plan, readsColumn } from './plan.ts';
import type { Row } from './scan-cursor.ts';
import type { TableShape } from './table-shape.ts';

/** What a trace is measured with. */
export interface TraceMeters {
  readonly usage: () => Pick<HostFilesUsage, 'paths' | 'read_bytes'>;
  readonly monotonicMs: () => number;
}

/** What was used up at one moment. */
interface Moment extends Pick<HostFilesUsage, 'paths' | 'read_bytes'> {
  readonly ms: number;
}

/** A trace while the statement runs. */
type OpenTrace = { -readonly [Key in keyof ScanTrace]: ScanTrace[Key] };

/** Watches what the tables of one run give and cost. Only for runs that asked for it: each row is measured. */
export class ScanTraces {
  readonly #meters: TraceMeters;
  readonly #byPlan = new Map<Plan, OpenTrace>();

  constructor(meters: TraceMeters) {
    this.#meters = meters;
  }

  /** The scans so far, in the order in which the first of each began. */
  list(): readonly ScanTrace[] {
    return [...this.#byPlan.values()];
  }

  /** The rows of one scan, watched. */
  rows(plan: Plan, shape: TableShape, generate: () => Iterable<Row>): Iterable<Row> {
    const trace = this.#open(plan, shape);
    if (trace === undefined) return generate();
    return this.#watched(trace, this.#measured(trace, generate));
  }

  /** The same for a table that waits for a socket. */
  rowsWaiting(
    plan: Plan,
    shape: TableShape,
    generate: () => AsyncIterable<Row> | Promise<Iterable<Row>>,
  ): AsyncIterable<Row> | Promise<Iterable<Row>> {
    const trace = this.#open(plan, shape);
    if (trace === undefined) return generate();
    const began = this.#now();
    const rows = generate();
    if (Symbol.asyncIterator in rows) return this.#watchedWaiting(trace, rows);
    return rows.then((all) => {
      this.#add(trace, began);
      return this.#watched(trace, all);
    });
  }

  /** The same for a table of an extension, whose rows come in batches. */
  batches(plan: Plan, shape: TableShape, rows: ExtensionRows): ExtensionRows {
    const trace = this.#open(plan, shape);
    return trace === undefined ? rows : this.#watchedBatches(trace, rows);
  }

  #open(plan: Plan, { name, columns }: TableShape): OpenTrace | undefined {
    let trace = this.#byPlan.get(plan);
    if (trace === undefined) {
      if (this.#byPlan.size >= maxScanTraces) return undefined;
      const used = columns.filter((_, index) => readsColumn(plan.used, index));
      trace = {
        table: name,
        constraints: plan.arguments.map(words).join(', '),
        columns: used.map((column) => column.name).join(', '),
        scans: 0,
        rows: 0,
        paths: 0,
        read_bytes: 0,
        wall_ms: 0,
      };
      this.#byPlan.set(plan, trace);
    }
    trace.scans += 1;
    return trace;
  }

  #watched(trace: OpenTrace, rows: Iterable<Row>): Iterable<Row> {
    const iterator = this.#measured(trace, () => rows[Symbol.iterator]());
    const next = (): IteratorResult<Row> => {
      const step = this.#measured(trace, () => iterator.next());
      if (step.done !== true) trace.rows += 1;
      return step;
    };
    const end = (): IteratorResult<Row> => iterator.return?.() ?? { done: true, value: undefined };
    return { [Symbol.iterator]: () => ({ next, return: end }) };
  }

  #watchedWaiting(trace: OpenTrace, rows: AsyncIterable<Row>): AsyncIterable<Row> {
    const iterator = rows[Symbol.asyncIterator]();
    const next = async (): Promise<IteratorResult<Row>> => {
      const began = this.#now();
      const step = await iterator.next();
      this.#add(trace, began);
      if (step.done !== true) trace.rows += 1;
      return step;
    };
    const end = async (): Promise<IteratorResult<Row>> =>
      (await iterator.return?.()) ?? { done: true, value: undefined };
    return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
  }

  async *#watchedBatches(trace: OpenTrace, rows: ExtensionRows): ExtensionRows {
    try {
      for (;;) {
        const began = this.#now();
        const step = await rows.next();
        this.#add(trace, began);
        if (step.done === true) return step.value;
        trace.rows += step.value.length;
        yield step.value;
      }
    } finally {
      // Of one that is left early, the call is ended.
      await rows.return(ok(undefined));
    }
  }

  #measured<T>(trace: OpenTrace, work: () => T): T {
    const began = this.#now();
    try {
      return work();
    } finally {
      this.#add(trace, began);
    }
  }

  #now(): Moment {
    const { paths, read_bytes } = this.#meters.usage();
    return { ms: this.#meters.monotonicMs(), paths, read_bytes };
  }

  #add(trace: OpenTrace, began: Moment): void {
    const now = this.#now();
    trace.wall_ms += now.ms - began.ms;
    trace.paths += now.paths - began.paths;
    trace.read_bytes += now.read_bytes - began.read_bytes;
  }
}

const words = (argument: Argument): string => {
  switch (argument.kind) {
    case 'constraint':
      return `${argument.column} ${argument.operator}`;
    case 'list':
      return `${argument.column} IN`;
    case 'limit':
      return 'LIMIT';
    case 'offset':
      return 'OFFSET';
  }
};
