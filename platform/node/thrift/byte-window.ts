const smallest_bytes = 4096;

/**
 * The part of a stream that is still needed. Positions count from the stream's first byte. Memory is taken for bytes
 * that are there, never for bytes that are announced, and a byte that comes alone costs no copy of those before it.
 */
export class ByteWindow {
  #bytes: Buffer = Buffer.alloc(0);
  /** Position in the stream of the first byte that is kept. */
  #start = 0;
  /** Index in `#bytes` of that byte. */
  #head = 0;
  #length = 0;

  /** Position behind the last byte that came. */
  get end(): number {
    return this.#start + this.#length;
  }

  /** Bytes that are still needed. */
  get length_bytes(): number {
    return this.#length;
  }

  /** Bytes that memory is held for. */
  get capacity_bytes(): number {
    return this.#bytes.length;
  }

  append(chunk: Uint8Array): void {
    this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#head + this.#length);
    this.#length += chunk.length;
  }

  /** Drops what is before `position`. */
  release(position: number): void {
    const dropped = position - this.#start;
    this.#start = position;
    this.#head += dropped;
    this.#length -= dropped;
    if (this.#length > 0) return;
    this.#head = 0;
    if (this.#bytes.length > smallest_bytes) this.#bytes = Buffer.alloc(0);
  }

  byteAt(position: number): number {
    return this.#bytes.readUInt8(this.#head + position - this.#start);
  }

  int16At(position: number): number {
    return this.#bytes.readInt16BE(this.#head + position - this.#start);
  }

  int32At(position: number): number {
    return this.#bytes.readInt32BE(this.#head + position - this.#start);
  }

  /** The bytes from one position up to another, valid until the next `append`. */
  slice(from: number, to: number): Buffer {
    const index = this.#head + from - this.#start;
    return this.#bytes.subarray(index, index + to - from);
  }

  #makeRoom(added: number): void {
    const needed = this.#length + added;
    if (this.#head + needed <= this.#bytes.length) return;
    const held = this.#bytes.subarray(this.#head, this.#head + this.#length);
    // Half of it free after the move: so each byte is moved a bounded number of times.
    const fits = needed * 2 <= this.#bytes.length;
    const target = fits ? this.#bytes : Buffer.allocUnsafe(Math.max(smallest_bytes, needed * 2));
    held.copy(target);
    this.#bytes = target;
    this.#head = 0;
  }
}
