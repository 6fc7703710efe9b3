import TBinaryProtocol from 'thrift/lib/nodejs/lib/thrift/binary_protocol.js';
import TBufferedTransport from 'thrift/lib/nodejs/lib/thrift/buffered_transport.js';
import { type Failure, fail, ok, type Result } from '../../../protocol/result.ts';
import { longestName_bytes, wireTypes } from './wire-types.ts';

/** What stands before the body of a message. */
export interface MessageHead {
  readonly name: string;
  readonly type: number;
  readonly sequenceId: number;
}

/** Version and type, the name with its length, the sequence id. */
export const longestHead_bytes: number = 4 + 4 + longestName_bytes + 4;

/** A value whose type is not the one that its place asks for. The connection ends with it. */
export class WrongType extends Error {}

/**
 * Reads the values of this protocol with the `thrift` package, from bytes that the scanner has found whole and within
 * the limits. Fields that are not known are passed over, and so are known ones of another type; items of containers
 * have to be of their type (`WrongType`).
 */
export class WireReader {
  readonly #protocol: TBinaryProtocol;

  constructor(bytes: Uint8Array) {
    let protocol: TBinaryProtocol | undefined;
    TBufferedTransport.receiver((transport) => {
      protocol = new TBinaryProtocol(transport, true, true);
    }, 0)(bytes);
    if (protocol === undefined) throw new Error('the transport gave no reader for its bytes');
    this.#protocol = protocol;
  }

  head(): MessageHead {
    const { fname, mtype, rseqid } = this.#protocol.readMessageBegin();
    return { name: fname, type: mtype, sequenceId: rseqid };
  }

  /** Reads a struct: `fields` by their ids, each with its type. */
  struct(fields: Readonly<Record<number, readonly [type: number, read: () => void]>>): void {
    for (;;) {
      const { ftype, fid } = this.#protocol.readFieldBegin();
      if (ftype === wireTypes.stop) return;
      const [type, read] = fields[fid] ?? [];
      if (read !== undefined && type === ftype) read();
      else this.#skip(ftype);
    }
  }

  i32(): number {
    return this.#protocol.readI32();
  }

  i64(): number {
    return Number(this.#protocol.readI64().buffer.readBigInt64BE());
  }

  string(): string {
    return this.#protocol.readString();
  }

  bytes(): Uint8Array {
    return this.#protocol.readBinary();
  }

  map<K, V>(types: readonly [number, number], key: () => K, value: () => V): Map<K, V> {
    const { ktype, vtype, size } = this.#protocol.readMapBegin();
    if (size > 0 && (ktype !== types[0] || vtype !== types[1])) {
      throw new WrongType(`a map has types ${ktype} and ${vtype} in place of ${types[0]} and ${types[1]}`);
    }
    const entries = new Map<K, V>();
    for (let index = 0; index < size; index += 1) entries.set(key(), value());
    return entries;
  }

  stringMap(): Map<string, string> {
    return this.map(
      strings,
      () => this.string(),
      () => this.string(),
    );
  }

  /** A row; the values of the `binary` columns stay bytes. */
  row(binary: ReadonlySet<string>): Map<string, string | Uint8Array> {
    if (binary.size === 0) return this.stringMap();
    let name = '';
    return this.map<string, string | Uint8Array>(
      strings,
      () => (name = this.string()),
      () => (binary.has(name) ? this.bytes() : this.string()),
    );
  }

  rows(): Map<string, string>[] {
    const { etype, size } = this.#protocol.readListBegin();
    if (size > 0 && etype !== wireTypes.map) throw new WrongType(`a list of rows has items of type ${etype}`);
    return Array.from({ length: size }, () => this.stringMap());
  }

  /** Passes over a value. Not with the package's own `skip`: that throws for a UUID that breaks the rules of UUIDs. */
  #skip(type: number): void {
    const protocol = this.#protocol;
    switch (type) {
      case wireTypes.struct:
        return this.struct({});
      case wireTypes.map: {
        const { ktype, vtype, size } = protocol.readMapBegin();
        return this.#skipItems([ktype, vtype], size);
      }
      case wireTypes.set:
      case wireTypes.list: {
        const { etype, size } = protocol.readListBegin();
        return this.#skipItems([etype], size);
      }
      case wireTypes.string:
        return void protocol.readBinary();
      case wireTypes.uuid:
        return this.#skipItems([wireTypes.i64, wireTypes.i64], 1);
      case wireTypes.i64:
      case wireTypes.double:
        return void protocol.readI64();
      case wireTypes.i32:
        return void protocol.readI32();
      case wireTypes.i16:
        return void protocol.readI16();
      default:
        return void protocol.readByte();
    }
  }

  #skipItems(types: readonly number[], count: number): void {
    for (let index = 0; index < count; index += 1) for (const type of types) this.#skip(type);
  }
}

const strings: readonly [number, number] = [wireTypes.string, wireTypes.string];

/**
 * Reads what a peer sent. Whatever is thrown meanwhile, also by the package for what it does not like, is the peer's
 * fault: its message is refused, and nothing of ours ends with it.
 */
export const readFromPeer = <T>(read: () => T): Result<T, Failure<'malformed'>> => {
  try {
    return ok(read());
  } catch (error) {
    return fail({ reason: 'malformed', message: error instanceof Error ? error.message : String(error) });
  }
};
