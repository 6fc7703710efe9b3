import { maxRowsFrame_bytes } from '../../protocol/frame.ts';
import { storage } from './codes.ts';
import { isPlainText } from './plain-text.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';

/** A row cannot be split over frames, so this is the largest one; 2 bytes are the batch's brackets. */
export const maxRow_bytes: number = maxRowsFrame_bytes - 2;

/** A row that no frame can hold. */
export class RowTooLarge extends Error {}

/** Up to this length a loop in JavaScript beats the call that copies. */
const shortText_bytes = 16;

const code = { comma: 0x2c, open: 0x5b, close: 0x5d, quote: 0x22, backslash: 0x5c } as const;

/**
 * Encodes result rows as batches of JSON (protocol/cell.ts), straight from WASM memory into one buffer. Each
 * finished batch goes to `flush` and is valid during that call only.
 */
export class RowEncoder {
  readonly #sqlite: RawSqlite;
  readonly #flush: (batch: Uint8Array) => void;
  /** A whole batch and the row that did not fit into it any more. */
  readonly #buffer: Buffer = Buffer.allocUnsafeSlow(2 * maxRowsFrame_bytes);
  #position = 0;
  #rowStart = 0;
  #flushed_bytes = 0;

  constructor(sqlite: RawSqlite, flush: (batch: Uint8Array) => void) {
    this.#sqlite = sqlite;
    this.#flush = flush;
  }

  /** Bytes encoded since `begin`. */
  get encoded_bytes(): number {
    return this.#flushed_bytes + this.#position;
  }

  /** Starts a result: forgets what an earlier one left. */
  begin(): void {
    this.#position = 0;
    this.#flushed_bytes = 0;
  }

  /**
   * Encodes the statement's current row. `places[i]` is the statement's column for result column i, or -1
   * where this statement has no such column.
   */
  row(statement: Pointer, places: readonly number[]): void {
    this.#rowStart = this.#position;
    this.#put(this.#position === 0 ? code.open : code.comma);
    this.#put(code.open);
    for (let index = 0; index < places.length; index += 1) {
      if (index > 0) this.#put(code.comma);
      const place = places[index] ?? -1;
      if (place === -1) this.#ascii('null');
      else this.#cell(statement, place);
    }
    this.#put(code.close);
    if (this.#position >= maxRowsFrame_bytes) this.#flushBefore(this.#rowStart);
  }

  /** Sends what is left. */
  finish(): void {
    if (this.#position > 0) this.#flushBefore(this.#position);
  }

  #cell(statement: Pointer, column: number): void {
    const { exports } = this.#sqlite;
    switch (exports.sqlite3_column_type(statement, column)) {
      case storage.integer: {
        const approximate = exports.sqlite3_column_double(statement, column);
        if (Number.isSafeInteger(approximate)) this.#ascii(String(approximate));
        else this.#ascii(`{"int":"${exports.sqlite3_column_int64(statement, column)}"}`);
        return;
      }
      case storage.float:
        this.#ascii(realCell(exports.sqlite3_column_double(statement, column)));
        return;
      case storage.text: {
        const start = exports.sqlite3_column_text(statement, column);
        this.#text(start, exports.sqlite3_column_bytes(statement, column));
        return;
      }
      case storage.blob: {
        const start = exports.sqlite3_column_blob(statement, column);
        this.#blob(start, exports.sqlite3_column_bytes(statement, column));
        return;
      }
      default:
        this.#ascii('null');
    }
  }

  #blob(start: Pointer, length: number): void {
    this.#reserve(length);
    this.#ascii(`{"blob":"${this.#sqlite.memory.bytes.toString('base64', start, start + length)}"}`);
  }

  /** Copies plain ASCII as it is; anything that JSON escapes or that is not ASCII takes the careful way. */
  #text(start: Pointer, length: number): void {
    this.#reserve(length + 2);
    const { memory } = this.#sqlite;
    const end = start + length;
    if (!isPlainText(memory, start, end)) {
      this.#unicode(JSON.stringify(memory.text(start, length)));
      return;
    }
    const source = memory.bytes;
    const target = this.#buffer;
    let position = this.#position;
    target[position++] = code.quote;
    if (length > shortText_bytes) position += source.copy(target, position, start, end);
    else for (let at = start; at < end; at += 1) target[position++] = source[at] ?? 0;
    target[position++] = code.quote;
    this.#position = position;
  }

  #unicode(json: string): void {
    const length = Buffer.byteLength(json);
    this.#reserve(length);
    this.#position += this.#buffer.write(json, this.#position, 'utf8');
  }

  #ascii(text: string): void {
    this.#reserve(text.length);
    const buffer = this.#buffer;
    for (let index = 0; index < text.length; index += 1) buffer[this.#position++] = text.charCodeAt(index);
  }

  #put(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#position++] = byte;
  }

  #reserve(bytes: number): void {
    if (this.#position - this.#rowStart + bytes <= maxRow_bytes) return;
    throw new RowTooLarge(
      `a row is larger than ${maxRow_bytes} bytes, the largest that Leash returns: select fewer or shorter columns`,
    );
  }

  /** Sends the batch up to `end`, closed, and moves what follows (the row that did not fit) to the front. */
  #flushBefore(end: number): void {
    const buffer = this.#buffer;
    const rest = buffer.subarray(end, this.#position);
    const kept = Buffer.from(rest);
    buffer[end] = code.close;
    this.#flush(buffer.subarray(0, end + 1));
    this.#flushed_bytes += end;
    kept.copy(buffer, 0);
    this.#position = kept.length;
    // The comma that parted the row from the batch opens the next batch instead.
    if (kept.length > 0) buffer[0] = code.open;
  }
}

const realCell = (real: number): string => {
  if (real === Number.POSITIVE_INFINITY) return '{"real":"Infinity"}';
  if (real === Number.NEGATIVE_INFINITY) return '{"real":"-Infinity"}';
  return `{"real":${Object.is(real, -0) ? '-0' : real}}`;
};
