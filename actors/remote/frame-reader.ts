import { fail, ok, type Result } from '../../protocol/result.ts';
import type { Violation } from './parse.ts';
import {
  frameHeader_bytes,
  frameKind,
  frameNumbers,
  maxControl_bytes,
  maxPart_bytes,
  tellHeader_bytes,
} from './wire.ts';

export interface Frame {
  readonly kind: number;
  readonly payload: Buffer;
}

/** What a payload may measure, by kind. */
const limits = new Map<number, readonly [least: number, most: number]>([
  [frameKind.control, [2, maxControl_bytes]],
  [frameKind.tell, [tellHeader_bytes + 1, maxPart_bytes]],
  [frameKind.large, [4, 4]],
  [frameKind.part, [1, maxPart_bytes]],
]);

/** Cuts a stream into frames, one at a time. Kind, number and length are looked at before a frame's bytes are gathered. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  readonly #more: Buffer[] = [];
  #pending_bytes = 0;
  #nextNumber = 0;

  /** Bytes that are not yet read. */
  get pending_bytes(): number {
    return this.#pending_bytes;
  }

  push(bytes: Buffer): void {
    this.#more.push(bytes);
    this.#pending_bytes += bytes.length;
  }

  /** The next frame, if it is here as a whole. After a failure there is no more. */
  next(): Result<Frame | undefined, Violation> {
    if (!this.#gather(frameHeader_bytes)) return ok(undefined);
    const length = this.#bytes.readUInt32LE(this.#at);
    const kind = this.#bytes.readUInt8(this.#at + 4);
    const limit = limits.get(kind);
    const number = this.#bytes.readUIntLE(this.#at + 5, 3);
    if (limit === undefined) return fail(`frame kind ${kind} is not known`);
    if (number !== this.#nextNumber) return fail(`frame ${number} came, where ${this.#nextNumber} was due`);
    if (length < limit[0] || length > limit[1])
      return fail(`a frame of kind ${kind} has ${limit[0]} to ${limit[1]} bytes, not ${length}`);
    if (!this.#gather(frameHeader_bytes + length)) return ok(undefined);
    this.#nextNumber = (number + 1) % frameNumbers;
    const from = this.#at + frameHeader_bytes;
    this.#at = from + length;
    this.#pending_bytes -= frameHeader_bytes + length;
    return ok({ kind, payload: this.#bytes.subarray(from, this.#at) });
  }

  /** Brings the next `length` bytes together, if they are here; joins no more buffers than that takes. */
  #gather(length: number): boolean {
    if (this.#bytes.length - this.#at >= length) return true;
    if (this.#pending_bytes < length) return false;
    const parts = [this.#bytes.subarray(this.#at)];
    for (let gathered = this.#bytes.length - this.#at; gathered < length; ) {
      const part = this.#more.shift();
      if (part === undefined) break;
      parts.push(part);
      gathered += part.length;
    }
    this.#bytes = Buffer.concat(parts);
    this.#at = 0;
    return true;
  }
}
