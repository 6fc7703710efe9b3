import fc from 'fast-check';
import type { BusValue } from '../../../protocol/host-network.ts';
import { alignmentOf, completeTypes } from '../../../workers/parsers/dbus-signature.ts';

/** Bytes so far; boundaries are counted from their beginning. */
class Marshaller {
  readonly isLittle: boolean;
  bytes: Buffer = Buffer.alloc(0);

  constructor(isLittle: boolean) {
    this.isLittle = isLittle;
  }

  add(piece: Uint8Array): void {
    this.bytes = Buffer.concat([this.bytes, piece]);
  }

  align(boundary: number): void {
    this.add(Buffer.alloc((boundary - (this.bytes.length % boundary)) % boundary));
  }

  /** A number of so many bytes in the byte order of the message. */
  number(size: number, write: (buffer: Buffer) => void): void {
    const piece = Buffer.alloc(size);
    write(piece);
    this.add(this.isLittle ? piece : piece.reverse());
  }

  values(signature: string, values: readonly Marked[]): void {
    for (const [index, type] of (completeTypes(signature) ?? []).entries()) this.value(type, values[index]);
  }

  value(type: string, value: Marked | undefined): void {
    this.align(alignmentOf(type));
    const list = (): readonly Marked[] => value as readonly Marked[];
    switch (type.charAt(0)) {
      case 'a':
        return this.array(type.slice(1), list());
      case '(':
      case '{':
        return this.values(type.slice(1, -1), list());
      case 'v': {
        const { signature, held } = value as Variant;
        this.value('g', signature);
        return this.value(signature, held);
      }
      case 's':
      case 'o':
        this.number(4, (piece) => piece.writeUInt32LE(Buffer.byteLength(value as string)));
        return this.add(Buffer.from(`${value as string}\0`));
      case 'g':
        return this.add(Buffer.from([(value as string).length, ...Buffer.from(`${value as string}\0`)]));
      case 'x':
        return this.number(8, (piece) => piece.writeBigInt64LE(value as bigint));
      case 't':
        return this.number(8, (piece) => piece.writeBigUInt64LE(value as bigint));
      case 'd':
        return this.number(8, (piece) => piece.writeDoubleLE(value as number));
      case 'n':
        return this.number(2, (piece) => piece.writeInt16LE(value as number));
      case 'i':
        return this.number(4, (piece) => piece.writeInt32LE(value as number));
      default:
        return this.number(alignmentOf(type), (piece) => piece.writeUIntLE(Number(value), 0, piece.length));
    }
  }

  array(type: string, values: readonly Marked[]): void {
    const at = this.bytes.length;
    this.add(Buffer.alloc(4));
    this.align(alignmentOf(type));
    const start = this.bytes.length;
    for (const value of values) this.value(type, value);
    const length = this.bytes.length - start;
    if (this.isLittle) this.bytes.writeUInt32LE(length, at);
    else this.bytes.writeUInt32BE(length, at);
  }
}

/** A variant says what it holds. */
export interface Variant {
  readonly signature: string;
  readonly held: Marked;
}

/** A value with the types of its variants. */
export type Marked = string | number | bigint | boolean | Variant | readonly Marked[];

/** Puts values into bytes as the D-Bus specification says; `before` stands in front of them. */
export const marshal = (
  signature: string,
  values: readonly Marked[],
  isLittle = true,
  before = 0,
): Buffer => {
  const marshaller = new Marshaller(isLittle);
  marshaller.add(Buffer.alloc(before));
  marshaller.values(signature, values);
  return marshaller.bytes;
};

/** The same values as a reader shows them: a variant is what it holds. */
export const unmarked = (value: Marked): BusValue => {
  if (Array.isArray(value)) return (value as readonly Marked[]).map(unmarked);
  return typeof value === 'object' ? unmarked((value as Variant).held) : value;
};

/** A whole message: type, header fields as code and variant, body. */
export const message = (
  type: number,
  fields: readonly (readonly [number, Variant])[],
  signature: string,
  body: readonly Marked[],
  isLittle = true,
): Buffer => {
  const content = marshal(signature, body, isLittle);
  const own: readonly (readonly [number, Variant])[] =
    signature === '' ? fields : [...fields, [8, { signature: 'g', held: signature }]];
  const order = (isLittle ? 'l' : 'B').charCodeAt(0);
  const header = marshal('yyyyuua(yv)', [order, type, 0, 1, content.length, 7, own], isLittle);
  return Buffer.concat([header, Buffer.alloc((8 - (header.length % 8)) % 8), content]);
};

/** A type and a value of it. */
export interface Typed {
  readonly signature: string;
  readonly value: Marked;
}

const text = fc
  .string({ unit: 'binary', maxLength: 20 })
  .filter((each) => !each.includes('\0') && each.isWellFormed());
const typed = (signature: string, values: fc.Arbitrary<Marked>): fc.Arbitrary<Typed> =>
  values.map((value) => ({ signature, value }));

const basic: fc.Arbitrary<Typed> = fc.oneof(
  typed('y', fc.nat(255)),
  typed('b', fc.boolean()),
  typed('n', fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })),
  typed('q', fc.nat(2 ** 16 - 1)),
  typed('i', fc.integer()),
  typed('u', fc.nat(2 ** 32 - 1)),
  typed('x', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  typed('t', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  typed('d', fc.double({ noNaN: true })),
  typed('s', text),
  typed('o', text),
  typed('g', fc.constantFrom('', 'a{sv}', 'ayu')),
);

/** Any type with a value of it; the elements of an array are one value some times over. */
export const anyTyped: fc.Arbitrary<Typed> = fc.letrec<{ any: Typed }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    basic,
    fc.record({ of: tie('any'), count: fc.nat(3) }).map(({ of, count }) => ({
      signature: `a${of.signature}`,
      value: Array.from({ length: count }, () => of.value),
    })),
    fc.record({ key: basic, of: tie('any'), count: fc.nat(3) }).map(({ key, of, count }) => ({
      signature: `a{${key.signature}${of.signature}}`,
      value: Array.from({ length: count }, () => [key.value, of.value]),
    })),
    fc.array(tie('any'), { minLength: 1, maxLength: 4 }).map((members) => ({
      signature: `(${members.map(({ signature }) => signature).join('')})`,
      value: members.map(({ value }) => value),
    })),
    tie('any').map(({ signature, value }) => ({ signature: 'v', value: { signature, held: value } })),
  ),
})).any;
