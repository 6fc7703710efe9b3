import { type Row, ScanCursor, type SuspendingCursor, type Until } from './scan-cursor.ts';
import type { TableShape } from './table-shape.ts';

/**
 * Is handed the end of a scan that is left early: its iterator may have to wait for it, nobody else does.
 */
export type Closing = (end: Promise<unknown>) => void;

/** One scan of a built-in table whose rows come through a socket. */
export class WaitingCursor extends ScanCursor implements SuspendingCursor {
  readonly #closing: Closing;
  #coming: AsyncIterator<Row> | undefined;

  constructor(shape: TableShape, closing: Closing) {
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
