import type { BusCall, BusValue } from '../../protocol/host-network.ts';
import { DbusReader } from './dbus-reader.ts';
import { DbusWriter } from './dbus-writer.ts';

/** A message that came, with the header fields that its receiver needs (D-Bus specification, "Message Format"). */
export interface BusMessage {
  /** 1 method call, 2 method return, 3 error, 4 signal; others are to be ignored. */
  readonly type: number;
  /** Of the call that it answers; 0 where it answers none. */
  readonly replySerial: number;
  readonly errorName: string;
  readonly body: readonly BusValue[];
}

export const messageType = { methodCall: 1, methodReturn: 2, error: 3 } as const;

const littleEndian = 'l'.charCodeAt(0);
const field = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  signature: 8,
};
/** Nobody is started to answer. */
const noAutoStart = 0x2;
const version = 1;
/** Bytes up to the length of the header fields, that length included. */
export const fixedHeader_bytes = 16;
/** The header is padded to this boundary, and so is each of its fields. */
const boundary = 8;

const padded = (length: number): number => Math.ceil(length / boundary) * boundary;

/**
 * Length of the message that begins with these bytes, told by its first 16; undefined when they begin no message of
 * this protocol's version.
 */
export const messageLength = (start: Uint8Array): number | undefined => {
  const reader = readerOf(start);
  const values = reader?.values('yyyyuuu') ?? [];
  if (reader === undefined || reader.broken || values[3] !== version) return undefined;
  return padded(fixedHeader_bytes + Number(values[6])) + Number(values[4]);
};

/** A whole message; undefined when it is malformed. */
export const decodeMessage = (bytes: Uint8Array): BusMessage | undefined => {
  const reader = readerOf(bytes);
  if (reader === undefined) return undefined;
  const [, type, , , , , listed] = reader.values('yyyyuua(yv)');
  const fields = new Map(Array.isArray(listed) ? (listed as readonly (readonly [number, BusValue])[]) : []);
  const signature = fields.get(field.signature) ?? '';
  reader.align(boundary);
  const body = reader.values(String(signature));
  if (reader.broken || reader.at !== bytes.length) return undefined;
  return {
    type: Number(type),
    replySerial: Number(fields.get(field.replySerial) ?? 0),
    errorName: String(fields.get(field.errorName) ?? ''),
    body,
  };
};

/** The first byte tells the byte order of all that follow. */
const readerOf = (bytes: Uint8Array): DbusReader | undefined => {
  const order = String.fromCharCode(bytes[0] ?? 0);
  return order === 'l' || order === 'B' ? new DbusReader(bytes, order === 'l') : undefined;
};

/** A method call as bytes. `serial` is above 0 and not used twice on a connection. */
export const encodeCall = (serial: number, call: BusCall): Buffer => {
  const body = new DbusWriter();
  for (const text of call.arguments) body.text(text);
  const fields = encodeFields(call);
  const message = new DbusWriter();
  message.bytes(Buffer.from([littleEndian, messageType.methodCall, noAutoStart, version]));
  for (const number of [body.length, serial, fields.length]) message.uint32(number);
  message.bytes(fields);
  message.align(boundary);
  message.bytes(body.whole());
  return message.whole();
};

/** Each field is a struct of its code and a variant. */
const encodeFields = (call: BusCall): Buffer => {
  const fields = new DbusWriter();
  const begin = (code: number, type: string): void => {
    fields.align(boundary);
    fields.bytes(Buffer.from([code]));
    fields.signature(type);
  };
  const text = (code: number, type: string, value: string): void => {
    begin(code, type);
    fields.text(value);
  };
  text(field.path, 'o', call.path);
  text(field.interface, 's', call.interface);
  text(field.member, 's', call.member);
  text(field.destination, 's', call.destination);
  if (call.arguments.length > 0) {
    begin(field.signature, 'g');
    fields.signature('s'.repeat(call.arguments.length));
  }
  return fields.whole();
};
