import TBinaryProtocol from 'thrift/lib/nodejs/lib/thrift/binary_protocol.js';
import TBufferedTransport from 'thrift/lib/nodejs/lib/thrift/buffered_transport.js';
import { wireTypes } from './wire-types.ts';

/** Writes the values of this protocol with the `thrift` package. */
export class WireWriter {
  readonly #protocol: TBinaryProtocol;

  constructor(protocol: TBinaryProtocol) {
    this.#protocol = protocol;
  }

  /** A struct: its fields, then the end. */
  struct(fields: () => void): void {
    fields();
    this.#protocol.writeFieldStop();
  }

  structField(id: number, fields: () => void): void {
    this.#protocol.writeFieldBegin('', wireTypes.struct, id);
    this.struct(fields);
  }

  stringField(id: number, value: string): void {
    this.#protocol.writeFieldBegin('', wireTypes.string, id);
    this.#protocol.writeString(value);
  }

  i32Field(id: number, value: number): void {
    this.#protocol.writeFieldBegin('', wireTypes.i32, id);
    this.#protocol.writeI32(value);
  }

  i64Field(id: number, value: number): void {
    this.#protocol.writeFieldBegin('', wireTypes.i64, id);
    this.#protocol.writeI64(value);
  }

  /** A map whose values are of one type; `key` and `value` write them. */
  mapField<K, V>(
    id: number,
    entries: ReadonlyMap<K, V>,
    types: readonly [number, number],
    entry: (key: K, value: V) => void,
  ): void {
    this.#protocol.writeFieldBegin('', wireTypes.map, id);
    this.map(entries, types, entry);
  }

  map<K, V>(
    entries: ReadonlyMap<K, V>,
    types: readonly [number, number],
    entry: (key: K, value: V) => void,
  ): void {
    this.#protocol.writeMapBegin(types[0], types[1], entries.size);
    for (const [key, value] of entries) entry(key, value);
  }

  stringMapField(id: number, entries: ReadonlyMap<string, string | Uint8Array>): void {
    this.#protocol.writeFieldBegin('', wireTypes.map, id);
    this.stringMap(entries);
  }

  stringMap(entries: ReadonlyMap<string, string | Uint8Array>): void {
    this.map(entries, [wireTypes.string, wireTypes.string], (key, value) => {
      this.string(key);
      this.string(value);
    });
  }

  rowsField(id: number, rows: readonly ReadonlyMap<string, string | Uint8Array>[]): void {
    this.#protocol.writeFieldBegin('', wireTypes.list, id);
    this.rows(rows);
  }

  rows(rows: readonly ReadonlyMap<string, string | Uint8Array>[]): void {
    this.#protocol.writeListBegin(wireTypes.map, rows.length);
    for (const row of rows) this.stringMap(row);
  }

  /** The package copies bytes by a method that Buffers have and other arrays do not: a view costs nothing. */
  string(value: string | Uint8Array): void {
    this.#protocol.writeString(
      typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    );
  }

  i64(value: number): void {
    this.#protocol.writeI64(value);
  }
}

/** One message of the strict binary protocol. */
export const writeMessage = (
  head: { readonly name: string; readonly type: number; readonly sequenceId: number },
  fields: (writer: WireWriter) => void,
): Buffer => {
  let message: Buffer = Buffer.alloc(0);
  const transport = new TBufferedTransport(undefined, (bytes) => {
    message = bytes;
  });
  const protocol = new TBinaryProtocol(transport, true, true);
  const writer = new WireWriter(protocol);
  protocol.writeMessageBegin(head.name, head.type, head.sequenceId);
  writer.struct(() => fields(writer));
  protocol.writeMessageEnd();
  protocol.flush();
  return message;
};
