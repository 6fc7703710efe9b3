import type { ExtensionStatus, WireRow } from '../../../protocol/extension/types.ts';
import type { RowLimits } from '../../../protocol/extension/wire-limits.ts';
import { fail, ok, type Result } from '../../../protocol/result.ts';
import {
  MessageScanner,
  type OpenContainer,
  type ScanObserver,
  type WireFailure,
} from './message-scanner.ts';
import { readStatus } from './read-types.ts';
import { longestHead_bytes, type MessageHead, readFromPeer, WireReader } from './wire-reader.ts';
import { messageTypes, wireTypes } from './wire-types.ts';

/** What came of an answer so far. */
export interface RowProgress {
  readonly rows: readonly WireRow[];
  readonly ended: boolean;
}

/** Field ids on the way to what is read: the result of a call, and in it the status and the rows. */
const resultField = 0;
const statusField = 1;
const rowsField = 2;

/**
 * Reads the answer of a plugin call while it comes: rows are handed out with the bytes that complete them and then
 * forgotten, so that a flood of rows holds one chunk and one row.
 */
export class RowReader implements ScanObserver {
  readonly depth = 3;
  readonly #limits: RowLimits;
  readonly #binary: ReadonlySet<string>;
  readonly #scanner: MessageScanner;
  #head: MessageHead | undefined;
  #status: ExtensionStatus | undefined;
  #batch: { start: number; end: number; rows: number } | undefined;
  #rows = 0;
  #wrongType = false;

  constructor(limits: RowLimits, binary: ReadonlySet<string>) {
    this.#limits = limits;
    this.#binary = binary;
    this.#scanner = new MessageScanner(limits, this);
  }

  /** Head of the answer; there when anything else is. */
  get head(): MessageHead | undefined {
    return this.#head;
  }

  /** How the call went; extensions in use send it before the rows. */
  get status(): ExtensionStatus | undefined {
    return this.#status;
  }

  /** Bytes of an answer that is a fault; call it when `ended`. */
  get whole(): Uint8Array {
    return this.#scanner.window.slice(this.#scanner.messageStart, this.#scanner.window.end);
  }

  /** Whether more rows came than are taken; those beyond are never handed out. */
  get isOverRows(): boolean {
    return this.#rows > this.#limits.rows;
  }

  push(bytes: Uint8Array): Result<RowProgress, WireFailure> {
    const progress = readFromPeer(() => this.#push(bytes));
    return progress.ok ? progress.value : progress;
  }

  #push(bytes: Uint8Array): Result<RowProgress, WireFailure> {
    this.#scanner.push(bytes);
    const found = this.#scanner.next();
    if (!found.ok) return found;
    const ended = found.value !== undefined;
    if (ended) this.#readHead();
    if (this.#wrongType) return fail({ reason: 'malformed', message: 'a row is no map' });
    const rows = this.#takeBatch();
    const { row_bytes } = this.#limits;
    if (this.#scanner.window.length_bytes > row_bytes) {
      return fail({ reason: 'too_large', message: `a row is over the limit of ${row_bytes} bytes` });
    }
    return ok({ rows, ended });
  }

  value(around: readonly OpenContainer[], type: number, start: number, end: number): void {
    const [result, inner, list] = around;
    if (result?.field !== resultField || inner?.type !== wireTypes.struct) return;
    if (this.#readHead().type !== messageTypes.reply) return;
    if (around.length === 2 && inner.field === statusField && type === wireTypes.struct) {
      this.#status = readStatus(new WireReader(this.#scanner.window.slice(start, end)));
    }
    if (inner.field !== rowsField || list?.type !== wireTypes.list) return;
    if (type !== wireTypes.map) {
      this.#wrongType = true;
      return;
    }
    this.#rows += 1;
    this.#scanner.resetValues();
    if (this.isOverRows) return;
    this.#batch ??= { start, end, rows: 0 };
    this.#batch.end = end;
    this.#batch.rows += 1;
  }

  #takeBatch(): readonly WireRow[] {
    const batch = this.#batch;
    if (batch === undefined) return [];
    this.#batch = undefined;
    const reader = new WireReader(this.#scanner.window.slice(batch.start, batch.end));
    const rows = Array.from({ length: batch.rows }, () => reader.row(this.#binary));
    this.#scanner.window.release(batch.end);
    return rows;
  }

  /** Before its bytes are released with the first rows. */
  #readHead(): MessageHead {
    const { window, messageStart } = this.#scanner;
    const upTo = Math.min(window.end, messageStart + longestHead_bytes);
    this.#head ??= new WireReader(window.slice(messageStart, upTo)).head();
    return this.#head;
  }
}
