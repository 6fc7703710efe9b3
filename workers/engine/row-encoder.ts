import { maxRowsFrame_bytes } from '../../protocol/frame.ts';
import { storage } from './codes.ts';
import type { Pointer, RawSqlite } from './raw-sqlite.ts';
import { loadRowWriter, type WriteRow } from './row-writer.ts';

/** A row cannot be split over frames, so this is the largest one; 2 bytes are the batch's brackets. */
export const maxRow_bytes: number = maxRowsFrame_bytes - 2;

/** A row that no frame can hold. */
export class RowTooLarge extends Error {}

const code = { comma: 0x2c, open: 0x5b, close: 0x5d } as const;

/** A whole batch and the row that did not fit into it any more. */
const buffer_bytes = 2 * maxRowsFrame_bytes;

/**
 * Encodes result rows as batches of JSON (protocol/cell.ts) in one buffer in WASM memory. Each finished batch goes to
 * `flush` and is valid during that call only.
 */
export class RowEncoder {
  readonly #sqlite: RawSqlite;
  readonly #flush: (batch: Uint8Array) => void;
  readonly #writeRow: WriteRow;
  readonly #buffer: Pointer;
  #places: EncodedPlaces | undefined;
  /** Bytes in the buffer. */
  #position = 0;
  #flushed_bytes = 0;

  constructor(sqlite: RawSqlite, flush: (batch: Uint8Array) => void) {
    this.#sqlite = sqlite;
    this.#flush = flush;
    this.#buffer = sqlite.memory.allocate(buffer_bytes);
    this.#writeRow = loadRowWriter(sqlite, (statement, column, at, end) =>
      this.#write(this.#json(statement, column, end - at), at, end),
    );
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
    const { memory } = this.#sqlite;
    const start = this.#buffer + this.#position;
    const at = this.#placesOf(places);
    const end = this.#writeRow(statement, at, places.length, start + 1, start + maxRow_bytes);
    if (end === 0) {
      throw new RowTooLarge(
        `a row is larger than ${maxRow_bytes} bytes, the largest that Leash returns: select fewer or shorter columns`,
      );
    }
    memory.bytes[start] = this.#position === 0 ? code.open : code.comma;
    this.#position = end - this.#buffer;
    if (this.#position >= maxRowsFrame_bytes) this.#flushBefore(start - this.#buffer);
  }

  /** Sends what is left. */
  finish(): void {
    if (this.#position > 0) this.#flushBefore(this.#position);
  }

  /** Where the places stand in WASM memory: written once for a statement, not for each of its rows. */
  #placesOf(places: readonly number[]): Pointer {
    if (this.#places?.places === places) return this.#places.pointer;
    const { exports, memory } = this.#sqlite;
    if (this.#places !== undefined) exports.free(this.#places.pointer);
    this.#places = undefined;
    const pointer = memory.allocate(places.length * Int32Array.BYTES_PER_ELEMENT);
    memory.int32.set(places, pointer / Int32Array.BYTES_PER_ELEMENT);
    this.#places = { places, pointer };
    return pointer;
  }

  /** The JSON of a value that is not just copied; undefined when it cannot fit into the room. */
  #json(statement: Pointer, column: number, room_bytes: number): string | undefined {
    const { exports, memory } = this.#sqlite;
    switch (exports.sqlite3_column_type(statement, column)) {
      case storage.integer:
        return integerCell(exports.sqlite3_column_int64(statement, column));
      case storage.float:
        return realCell(exports.sqlite3_column_double(statement, column));
      case storage.text: {
        const start = exports.sqlite3_column_text(statement, column);
        const length = exports.sqlite3_column_bytes(statement, column);
        return length > room_bytes ? undefined : JSON.stringify(memory.text(start, length));
      }
      default: {
        const start = exports.sqlite3_column_blob(statement, column);
        const length = exports.sqlite3_column_bytes(statement, column);
        if (length > room_bytes) return undefined;
        return `{"blob":"${memory.bytes.toString('base64', start, start + length)}"}`;
      }
    }
  }

  #write(json: string | undefined, at: Pointer, end: Pointer): Pointer {
    if (json === undefined || Buffer.byteLength(json) > end - at) return 0;
    return at + this.#sqlite.memory.bytes.write(json, at, 'utf8');
  }

  /** Sends the batch up to `end`, closed, and moves what follows (the row that did not fit) to the front. */
  #flushBefore(end: number): void {
    const buffer = this.#sqlite.memory.bytes.subarray(this.#buffer, this.#buffer + buffer_bytes);
    const rest = Buffer.from(buffer.subarray(end, this.#position));
    buffer[end] = code.close;
    this.#flush(buffer.subarray(0, end + 1));
    this.#flushed_bytes += end;
    buffer.set(rest);
    this.#position = rest.length;
    // The comma that parted the row from the batch opens the next batch instead.
    if (rest.length > 0) buffer[0] = code.open;
  }
}

/** The places of a statement and their copy in WASM memory. */
interface EncodedPlaces {
  readonly places: readonly number[];
  readonly pointer: Pointer;
}

const integerCell = (value: bigint): string =>
  Number.isSafeInteger(Number(value)) ? String(value) : `{"int":"${value}"}`;

const realCell = (real: number): string => {
  if (real === Number.POSITIVE_INFINITY) return '{"real":"Infinity"}';
  if (real === Number.NEGATIVE_INFINITY) return '{"real":"-Infinity"}';
  return `{"real":${Object.is(real, -0) ? '-0' : real}}`;
};
