import type { BusValue } from '../../protocol/host-network.ts';
import { alignmentOf, completeTypes } from './dbus-signature.ts';

/** How deep values may lie in each other, variants included (D-Bus specification, "Message Format"). */
const depthMax = 64;

/**
 * Reads values as D-Bus puts them into bytes (specification, "Marshaling (Wire Format)"). Bytes that do not hold what
 * the signature says make the reader `broken`: what it gives then means nothing.
 */
export class DbusReader {
  readonly #bytes: Buffer;
  readonly #isLittleEndian: boolean;
  #at: number;
  #depth = 0;
  #broken = false;

  /** `bytes` begin where the message does, since boundaries are counted from there. */
  constructor(bytes: Uint8Array, isLittleEndian: boolean, at = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#isLittleEndian = isLittleEndian;
    this.#at = at;
  }

  get broken(): boolean {
    return this.#broken;
  }

  /** Offset of what is read next. */
  get at(): number {
    return this.#at;
  }

  /** Goes on to the next multiple of `bytes`. */
  align(bytes: number): void {
    this.#at = Math.ceil(this.#at / bytes) * bytes;
  }

  /** The values of a signature, one for each complete type. */
  values(signature: string): readonly BusValue[] {
    const types = completeTypes(signature);
    if (types === undefined) return this.#break([]);
    return this.#members(types);
  }

  #members(types: readonly string[]): readonly BusValue[] {
    const values: BusValue[] = [];
    for (const type of types) {
      values.push(this.#value(type));
      if (this.#broken) break;
    }
    return values;
  }

  #value(type: string): BusValue {
    this.align(alignmentOf(type));
    switch (type.charAt(0)) {
      case 'a':
        return this.#nested(() => this.#array(type.slice(1)));
      case '(':
      case '{':
        return this.#nested(() => this.values(type.slice(1, -1)));
      case 'v':
        return this.#nested(() => this.#variant());
      case 's':
      case 'o':
        return this.#text(this.#uint32());
      case 'g':
        return this.#text(this.#take(1)?.readUInt8() ?? 0);
      default:
        return this.#number(type);
    }
  }

  #number(type: string): BusValue {
    const size = type === 'y' ? 1 : alignmentOf(type);
    const bytes = this.#take(size);
    if (bytes === undefined) return 0;
    if (!this.#isLittleEndian) bytes.reverse();
    switch (type) {
      case 'n':
        return bytes.readInt16LE();
      case 'i':
        return bytes.readInt32LE();
      case 'x':
        return bytes.readBigInt64LE();
      case 't':
        return bytes.readBigUInt64LE();
      case 'd':
        return bytes.readDoubleLE();
      case 'b':
        return bytes.readUInt32LE() !== 0;
      default:
        return bytes.readUIntLE(0, size);
    }
  }

  #uint32(): number {
    return Number(this.#number('u'));
  }

  /** Text of a length that was read, and its NUL. */
  #text(length: number): string {
    const bytes = this.#take(length + 1);
    return bytes === undefined || bytes[length] !== 0 ? this.#break('') : bytes.toString('utf8', 0, length);
  }

  /** The padding before the first element is there even where there is none, and is not part of the length. */
  #array(type: string): readonly BusValue[] {
    const length = this.#uint32();
    this.align(alignmentOf(type));
    const end = this.#at + length;
    if (end > this.#bytes.length) return this.#break([]);
    const values: BusValue[] = [];
    while (this.#at < end && !this.#broken) values.push(this.#value(type));
    return this.#at === end ? values : this.#break([]);
  }

  #variant(): BusValue {
    const types = completeTypes(this.#text(this.#take(1)?.readUInt8() ?? 0));
    const [type] = types ?? [];
    return type === undefined || types?.length !== 1 ? this.#break('') : this.#value(type);
  }

  #nested<T extends BusValue>(read: () => T): BusValue {
    if (this.#depth === depthMax) return this.#break('');
    this.#depth += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  /** A copy of the next bytes; undefined when there are not so many. */
  #take(count: number): Buffer | undefined {
    const end = this.#at + count;
    if (this.#broken || end > this.#bytes.length) return this.#break(undefined);
    const taken = Buffer.from(this.#bytes.subarray(this.#at, end));
    this.#at = end;
    return taken;
  }

  #break<T>(instead: T): T {
    this.#broken = true;
    return instead;
  }
}
