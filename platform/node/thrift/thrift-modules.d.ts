/**
 * The two parts of the `thrift` package that Leash uses, by their files: its main file loads servers for HTTP and
 * WebSocket too (90 ms and 20 MB a process). Only what is called here is declared.
 */
declare module 'thrift/lib/nodejs/lib/thrift/buffered_transport.js' {
  export default class TBufferedTransport {
    constructor(unused: undefined, flushed: (message: Buffer) => void);
    /** Gives a function that hands bytes to a transport, from which they can be read. */
    static receiver(
      received: (transport: TBufferedTransport) => void,
      sequenceId: number,
    ): (bytes: Uint8Array) => void;
  }
}

declare module 'thrift/lib/nodejs/lib/thrift/binary_protocol.js' {
  import type TBufferedTransport from 'thrift/lib/nodejs/lib/thrift/buffered_transport.js';

  /** A 64-bit integer as its eight bytes (node-int64). */
  interface WireInt64 {
    readonly buffer: Buffer;
  }

  export default class TBinaryProtocol {
    constructor(transport: TBufferedTransport, strictRead: boolean, strictWrite: boolean);
    flush(): void;
    writeMessageBegin(name: string, type: number, sequenceId: number): void;
    writeMessageEnd(): void;
    writeFieldBegin(name: string, type: number, id: number): void;
    writeFieldStop(): void;
    writeMapBegin(keyType: number, valueType: number, size: number): void;
    writeListBegin(elementType: number, size: number): void;
    writeI32(value: number): void;
    writeI64(value: number | WireInt64): void;
    writeString(value: string | Uint8Array): void;
    readMessageBegin(): { readonly fname: string; readonly mtype: number; readonly rseqid: number };
    readFieldBegin(): { readonly ftype: number; readonly fid: number };
    readMapBegin(): { readonly ktype: number; readonly vtype: number; readonly size: number };
    readListBegin(): { readonly etype: number; readonly size: number };
    readByte(): number;
    readI16(): number;
    readI32(): number;
    readI64(): WireInt64;
    readString(): string;
    readBinary(): Buffer;
  }
}
