import type { TableValue } from '../../protocol/table.ts';
import { RowKeys } from './row-key.ts';
import type { TableShape } from './table-shape.ts';

/** A row as a table gives it. */
export type Row = Readonly<Record<string, TableValue>>;

/** One scan of a table: pulls its rows one by one, so that a table may be lazy. */
export class ScanCursor {
  readonly shape: TableShape;
  /** The current row; undefined at the end. */
  row: Row | undefined;
  #rows: Iterator<Row> | undefined;
  #keys: RowKeys;

  constructor(shape: TableShape) {
    this.shape = shape;
    this.#keys = new RowKeys(shape.keys);
  }

  /** Begins a scan and moves to its first row. */
  start(rows: Iterable<Row>): void {
    this.close();
    this.#rows = rows[Symbol.iterator]();
    this.advance();
  }

  advance(): void {
    const next = this.#rows?.next();
    if (next === undefined || next.done === true) {
      this.row = undefined;
      this.#rows = undefined;
      return;
    }
    this.show(next.value);
  }

  rowid(): { readonly low: number; readonly high: number } {
    return { low: this.row === undefined ? 0 : this.#keys.low(this.row), high: this.#keys.high };
  }

  /** Ends the scan early; a generator gets to release what it holds. */
  close(): void {
    const rows = this.#rows;
    this.#rows = undefined;
    this.row = undefined;
    this.#keys = new RowKeys(this.shape.keys);
    rows?.return?.();
  }

  protected show(row: Row): void {
    this.row = row;
    this.#keys.next(row);
  }
}
