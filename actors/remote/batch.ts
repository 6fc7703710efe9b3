import {
  type Address,
  frameHeader_bytes,
  frameKind,
  frameNumbers,
  maxPart_bytes,
  spaces,
  tellHeader_bytes,
} from './wire.ts';

/** What is written in one go: small frames cost a system call a batch, not one each. */
export const batch_bytes: number = 64 * 1024;

const copied_bytes = 16 * 1024;

/** A message as it travels: to whom, the list of its refs (empty without any), its text. */
export interface Tell {
  readonly to: Address;
  readonly refs: Buffer;
  readonly text: string;
  readonly text_bytes: number;
}

/** Length of a tell's payload. */
export const tell_bytes = ({ refs, text_bytes }: Tell): number => tellHeader_bytes + refs.length + text_bytes;

/** Frames, one behind another. */
export class Batch {
  #bytes: Buffer = Buffer.allocUnsafeSlow(batch_bytes);
  #length = 0;
  #nextNumber = 0;

  get length(): number {
    return this.#length;
  }

  control(text: string): void {
    const text_bytes = Buffer.byteLength(text);
    this.#frame(frameKind.control, text_bytes);
    this.#length += this.#bytes.write(text, this.#length);
  }

  tell(tell: Tell): void {
    this.#frame(frameKind.tell, tell_bytes(tell));
    this.#length = putTell(this.#bytes, this.#length, tell);
  }

  large(length: number): void {
    this.#frame(frameKind.large, 4);
    this.#length = this.#bytes.writeUInt32LE(length, this.#length);
  }

  part(bytes: Buffer): void {
    this.#frame(frameKind.part, bytes.length);
    this.#length += bytes.copy(this.#bytes, this.#length);
  }

  /** Hands out what was gathered and begins anew. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    // To copy a little costs less than to allocate much.
    if (taken.length <= copied_bytes) return Buffer.from(taken);
    this.#bytes = Buffer.allocUnsafeSlow(batch_bytes);
    return taken;
  }

  /** Writes a header; its payload has room behind it. */
  #frame(kind: number, payload_bytes: number): void {
    this.#makeRoom(frameHeader_bytes + payload_bytes);
    this.#length = this.#bytes.writeUInt32LE(payload_bytes, this.#length);
    this.#length = this.#bytes.writeUInt8(kind, this.#length);
    this.#length = this.#bytes.writeUIntLE(this.#nextNumber, this.#length, 3);
    this.#nextNumber = (this.#nextNumber + 1) % frameNumbers;
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const longer = Buffer.allocUnsafeSlow(this.#length + bytes + batch_bytes);
    this.#bytes.copy(longer, 0, 0, this.#length);
    this.#bytes = longer;
  }
}

/** The payload of a tell that does not fit into one frame, and how much of it was sent. */
export class LargeTell {
  readonly #payload: Buffer;
  #sent_bytes = 0;

  constructor(tell: Tell) {
    this.#payload = Buffer.allocUnsafeSlow(tell_bytes(tell));
    putTell(this.#payload, 0, tell);
  }

  get length(): number {
    return this.#payload.length;
  }

  get isSent(): boolean {
    return this.#sent_bytes === this.#payload.length;
  }

  nextPart(): Buffer {
    const from = this.#sent_bytes;
    this.#sent_bytes = Math.min(from + maxPart_bytes, this.#payload.length);
    return this.#payload.subarray(from, this.#sent_bytes);
  }
}

const putTell = (bytes: Buffer, at: number, { to, refs, text }: Tell): number => {
  let end = bytes.writeUInt8(spaces.indexOf(to.space), at);
  end = bytes.writeUIntLE(to.id, end, 6);
  end = bytes.writeUInt32LE(refs.length, end);
  end += refs.copy(bytes, end);
  return end + bytes.write(text, end);
};
