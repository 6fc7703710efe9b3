/** Writes the few types that a method call needs, little end first (D-Bus specification, "Marshaling (Wire Format)"). */
export class DbusWriter {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Goes on at the next multiple of `bytes`. */
  align(bytes: number): void {
    this.bytes(Buffer.alloc((bytes - (this.#length % bytes)) % bytes));
  }

  bytes(piece: Uint8Array): void {
    this.#pieces.push(Buffer.from(piece));
    this.#length += piece.length;
  }

  uint32(value: number): void {
    this.align(4);
    const piece = Buffer.alloc(4);
    piece.writeUInt32LE(value);
    this.bytes(piece);
  }

  /** A STRING or OBJECT_PATH. */
  text(value: string): void {
    this.uint32(Buffer.byteLength(value));
    this.bytes(Buffer.from(`${value}\0`));
  }

  /** A SIGNATURE, at most 255 characters. */
  signature(value: string): void {
    this.bytes(Buffer.from([value.length]));
    this.bytes(Buffer.from(`${value}\0`, 'latin1'));
  }

  whole(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
