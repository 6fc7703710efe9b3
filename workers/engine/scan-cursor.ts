import type { TableValue } from '../../protocol/table.ts';
import { RowKeys } from './row-key.ts';
import type { TableShape } from './table-shape.ts';

/** A row as a table gives it. */
export type Row = Readonly<Record<string, TableValue>>;

/** A row's number of 64 bits, in two halves. */
export interface RowId {
  readonly low: number;
  readonly high: number;
}

/** One scan of a table, as SQLite walks through it. */
export interface TableCursor {
  readonly shape: TableShape;
  /** There is no current row. */
  readonly atEnd: boolean;
  /** Value of the current row in the column with this index; an alias is asked for by its target. */
  cell(target: number): TableValue;
  rowid(): RowId;
  advance(): void;
  /** Ends the scan early. */
  close(): void;
}

/** Waits for a promise under the budget of the run. */
export type Until = <T>(promise: Promise<T>) => Promise<T>;

/** A cursor whose next row may have to be waited for. */
export interface SuspendingCursor extends TableCursor {
  /** Whether the next row is to be waited for. */
  readonly isComing: boolean;
  advanceWaiting(until: Until): Promise<void>;
}

/** One scan of a built-in table: pulls its rows one by one, so that a table may be lazy. */
export class ScanCursor implements TableCursor {
  readonly shape: TableShape;
  /** The current row; undefined at the end. */
  protected row: Row | undefined;
  #rows: Iterator<Row> | undefined;
  #keys: RowKeys;

  constructor(shape: TableShape) {
    this.shape = shape;
    this.#keys = new RowKeys(shape.keys);
  }

  get atEnd(): boolean {
    return this.row === undefined;
  }

  cell(target: number): TableValue {
    return this.row?.[this.shape.columns[target]?.name ?? ''];
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

  rowid(): RowId {
    return { low: this.row === undefined ? 0 : this.#keys.low(this.row), high: this.#keys.high };
  }

  /** A generator gets to release what it holds. */
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
