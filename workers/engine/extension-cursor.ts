import { readCell } from '../../protocol/extension/table-cells.ts';
import type { TableRoute } from '../../protocol/extension/table-route.ts';
import type { WireRow } from '../../protocol/extension/types.ts';
import type { ExtensionRows } from '../../protocol/host-network.ts';
import type { TableValue } from '../../protocol/table.ts';
import { wholeOf } from './cells.ts';
import { RowKeys } from './row-key.ts';
import type { Row, RowId, SuspendingCursor, Until } from './scan-cursor.ts';
import type { TableShape } from './table-shape.ts';
import type { Closing } from './waiting-cursor.ts';

/** The member of a row that is its number. */
const rowidMember = 'rowid';

/**
 * One scan of an extension's table. Rows come in batches: one batch is held, and only where it ends there is a wait.
 * Values are text on the wire, read when SQLite asks for them.
 */
export class ExtensionCursor implements SuspendingCursor {
  readonly shape: TableShape;
  readonly #route: TableRoute;
  readonly #closing: Closing;
  #coming: ExtensionRows | undefined;
  #batch: readonly WireRow[] = [];
  #index = 0;
  #row: WireRow | undefined;
  /** Rows before the current one. */
  #number = -1;
  #keys: RowKeys | undefined;

  constructor(shape: TableShape, route: TableRoute, closing: Closing) {
    this.shape = shape;
    this.#route = route;
    this.#closing = closing;
  }

  /**
   * Begins a scan and moves to its first row; without `rows` there is none. `keyed`: rows without a number of their own
   * get one by their key, which another scan gives them, too, and not by their place in this one.
   */
  async startWaiting(rows: ExtensionRows | undefined, keyed: boolean, until: Until): Promise<void> {
    this.close();
    this.#coming = rows;
    this.#keys = keyed ? new RowKeys(this.shape.keys) : undefined;
    return this.advanceWaiting(until);
  }

  get atEnd(): boolean {
    return this.#row === undefined;
  }

  get isComing(): boolean {
    return this.#coming !== undefined && this.#index >= this.#batch.length;
  }

  cell(target: number): TableValue {
    const column = this.#route.columns[target];
    return column === undefined ? null : readCell(column.column.type, this.#row?.get(column.name));
  }

  rowid(): RowId {
    const own = wholeOf(textOf(this.#row?.get(rowidMember)));
    if (own !== undefined) return halvesOf(own);
    if (this.#keys === undefined || this.#row === undefined) return halvesOf(BigInt(this.#number));
    return { low: this.#keys.low(this.#keyOf(this.#row)), high: this.#keys.high };
  }

  advance(): void {
    this.#row = this.#batch[this.#index];
    this.#index += 1;
    if (this.#row === undefined) return;
    this.#number += 1;
    this.#keys?.next(this.#keyOf(this.#row));
  }

  async advanceWaiting(until: Until): Promise<void> {
    while (this.isComing) await this.#nextBatch(until);
    this.advance();
  }

  close(): void {
    const coming = this.#coming;
    this.#coming = undefined;
    this.#batch = [];
    this.#index = 0;
    this.#row = undefined;
    this.#number = -1;
    if (coming !== undefined) this.#closing(coming.return({ ok: true, value: undefined }));
  }

  async #nextBatch(until: Until): Promise<void> {
    if (this.#coming === undefined) return;
    const next = await until(this.#coming.next());
    this.#index = 0;
    if (next.done !== true) {
      this.#batch = next.value;
      return;
    }
    this.#coming = undefined;
    this.#batch = [];
    if (!next.value.ok) throw new Error(next.value.error.message);
  }

  #keyOf(row: WireRow): Row {
    return Object.fromEntries(this.shape.keys.map((name) => [name, textOf(row.get(name))]));
  }
}

const textOf = (value: string | Uint8Array | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? '' : new TextDecoder('latin1').decode(value);

const halvesOf = (whole: bigint): RowId => ({
  low: Number(BigInt.asIntN(32, whole)),
  high: Number(BigInt.asIntN(32, whole >> 32n)),
});
