import { maxRowsFrame_bytes } from '../../protocol/frame.ts';
import { storage } from './codes.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import { loadRowWriter, type WriteRow } from './row-writer.ts';

const code = { newline: 0x0a, comma: 0x2c, open: 0x5b, close: 0x5d } as const;

/** From this size on a batch is closed, so that most rows are not cut. */
const fullBatch_bytes = 0.75 * maxRowsFrame_bytes;

/** A value is written in parts of so many bytes, which is a multiple of what base64 takes at once. */
const part_bytes = 3 * 16 * 1024;

/**
 * Encodes result rows as batches (protocol/row-batches.ts) in one buffer in WASM memory. Each frame goes to `flush` and is
 * valid during that call only. What `flush` throws ends the row.
 */
export class RowEncoder {
  readonly #sqlite: RawSqlite;
  readonly #flush: (frame: Uint8Array) => void;
  readonly #writeRow: WriteRow;
  readonly #buffer: Pointer;
  /** Bytes in the buffer. */
  #position = 0;
  #isOpen = false;
  #flushed_bytes = 0;

  constructor(sqlite: RawSqlite, flush: (frame: Uint8Array) => void) {
    this.#sqlite = sqlite;
    this.#flush = flush;
    this.#buffer = sqlite.memory.allocate(maxRowsFrame_bytes);
    this.#writeRow = loadRowWriter(sqlite, {
      room: (at) => this.#sendBefore(at),
      cell: (statement, column, at) => this.#cell(statement, column, at),
    });
  }

  /** Bytes encoded since `begin`. */
  get encoded_bytes(): number {
    return this.#flushed_bytes + this.#position;
  }

  /** Starts a result: forgets what an earlier one left. */
  begin(): void {
    this.#position = 0;
    this.#isOpen = false;
    this.#flushed_bytes = 0;
  }

  /** Encodes the statement's current row of so many columns. */
  row(statement: Pointer, columns: number): void {
    const start = this.#buffer + this.#position;
    this.#sqlite.memory.bytes[start] = this.#isOpen ? code.comma : code.open;
    this.#isOpen = true;
    const end = this.#writeRow(statement, columns, start + 1, this.#end);
    this.#position = end - this.#buffer;
    if (this.#position >= fullBatch_bytes) this.finish();
  }

  /** Closes the batch and sends what is left of it. */
  finish(): void {
    if (!this.#isOpen) return;
    const end = this.#buffer + this.#position;
    const { bytes } = this.#sqlite.memory;
    bytes[end] = code.close;
    bytes[end + 1] = code.newline;
    this.#isOpen = false;
    this.#sendBefore(end + 2);
  }

  get #end(): Pointer {
    return this.#buffer + maxRowsFrame_bytes;
  }

  /** A value that is not just copied. */
  #cell(statement: Pointer, column: number, at: Pointer): Pointer {
    const { exports } = this.#sqlite;
    switch (exports.sqlite3_column_type(statement, column)) {
      case storage.integer:
        return this.#write(integerCell(exports.sqlite3_column_int64(statement, column)), at);
      case storage.float:
        return this.#write(realCell(exports.sqlite3_column_double(statement, column)), at);
      case storage.text: {
        const start = exports.sqlite3_column_text(statement, column);
        return this.#text(start, start + exports.sqlite3_column_bytes(statement, column), at);
      }
      default: {
        const start = exports.sqlite3_column_blob(statement, column);
        return this.#blob(start, start + exports.sqlite3_column_bytes(statement, column), at);
      }
    }
  }

  #text(start: Pointer, end: Pointer, at: Pointer): Pointer {
    const { memory } = this.#sqlite;
    let position = this.#write('"', at);
    for (let from = start; from < end; ) {
      const to = characterStart(memory.bytes, from, Math.min(from + part_bytes, end), end);
      position = this.#write(JSON.stringify(memory.text(from, to - from)).slice(1, -1), position);
      from = to;
    }
    return this.#write('"', position);
  }

  #blob(start: Pointer, end: Pointer, at: Pointer): Pointer {
    const { memory } = this.#sqlite;
    let position = this.#write('{"blob":"', at);
    for (let from = start; from < end; from += part_bytes) {
      position = this.#write(
        memory.bytes.toString('base64', from, Math.min(from + part_bytes, end)),
        position,
      );
    }
    return this.#write('"}', position);
  }

  /** Writes a part of a value, in as many frames as it takes. */
  #write(json: string, at: Pointer): Pointer {
    const { memory } = this.#sqlite;
    const length = Buffer.byteLength(json);
    if (length <= this.#end - at) return at + memory.bytes.write(json, at, 'utf8');
    const encoded = Buffer.from(json);
    let position = at;
    for (let from = 0; from < length; ) {
      if (position === this.#end) position = this.#sendBefore(position);
      const to = Math.min(length, from + this.#end - position);
      memory.bytes.set(encoded.subarray(from, to), position);
      position += to - from;
      from = to;
    }
    return position;
  }

  #sendBefore(at: Pointer): Pointer {
    const length = at - this.#buffer;
    this.#position = 0;
    this.#flushed_bytes += length;
    this.#flush(this.#sqlite.memory.bytes.subarray(this.#buffer, at));
    return this.#buffer;
  }
}

/** Where a character of UTF-8 begins, at `to` or up to 3 bytes before; `end` ends the text whatever stands there. */
const characterStart = (bytes: Uint8Array, from: Pointer, to: Pointer, end: Pointer): Pointer => {
  for (let start = to; to < end && start > Math.max(from, to - 4); start -= 1) {
    if (((bytes[start] ?? 0) & 0xc0) !== 0x80) return start;
  }
  return to;
};

const integerCell = (value: bigint): string =>
  Number.isSafeInteger(Number(value)) ? String(value) : `{"int":"${value}"}`;

const realCell = (real: number): string => {
  if (real === Number.POSITIVE_INFINITY) return '{"real":"Infinity"}';
  if (real === Number.NEGATIVE_INFINITY) return '{"real":"-Infinity"}';
  return `{"real":${Object.is(real, -0) ? '-0' : real}}`;
};
