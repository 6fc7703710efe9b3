import { type Row, ScanCursor } from './scan-cursor.ts';
import type { TableShape } from './table-shape.ts';

/** Waits for a promise under the budget of the run. */
export type Until = <T>(promise: Promise<T>) => Promise<T>;

/** One scan of a table whose rows come through a socket. */
export class WaitingCursor extends ScanCursor {
  readonly #closing: (end: Promise<unknown>) => void;
  #coming: AsyncIterator<Row> | undefined;

  /** `closing` is handed the end of a scan that is left early: its iterator may have to wait for it, nobody else does. */
  constructor(shape: TableShape, closing: (end: Promise<unknown>) => void) {
    super(shape);
    this.#closing = closing;
  }

  /** Begins a scan and moves to its first row. */
  async startWaiting(rows: AsyncIterable<Row> | Promise<Iterable<Row>>, until: Until): Promise<void> {
    this.close();
    if (!(Symbol.asyncIterator in rows)) return this.start(await until(rows));
    this.#coming = rows[Symbol.asyncIterator]();
    return this.advanceWaiting(until);
  }

  /** Whether the next row is to be waited for. */
  get isComing(): boolean {
    return this.#coming !== undefined;
  }

  async advanceWaiting(until: Until): Promise<void> {
    if (this.#coming === undefined) return;
    const next = await until(this.#coming.next());
    if (next.done !== true) return this.show(next.value);
    this.#coming = undefined;
    this.row = undefined;
  }

  override close(): void {
    const coming = this.#coming;
    this.#coming = undefined;
    super.close();
    const end = coming?.return?.();
    if (end !== undefined) this.#closing(end);
  }
}
