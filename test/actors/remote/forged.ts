import { wireVersion } from '../../../actors/remote/wire.ts';

/** A frame as a program would write it that keeps to no rule. */
export const frame = (kind: number, number: number, payload: string | Buffer): Buffer => {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header.writeUInt32LE(bytes.length, 0);
  header.writeUInt8(kind, 4);
  header.writeUIntLE(number, 5, 3);
  return Buffer.concat([header, bytes]);
};

/** A tell to the name 1. */
export const tell = (number: number, refs: string, text: string): Buffer => {
  const header = Buffer.from([2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(Buffer.byteLength(refs), 7);
  return frame(2, number, Buffer.concat([header, Buffer.from(refs + text)]));
};

/** The payload of a frame that announces a message of such a length. */
export const length4 = (length: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return bytes;
};

/** A list of one ref, with a place. */
export const refAt = (place: readonly string[]): string =>
  JSON.stringify([{ whose: 'mine', space: 'reply', id: 1, place }]);

/** Introduces the actor 5. */
export const introduce = (number: number): Buffer =>
  frame(1, number, '{"type":"introduce","id":5,"path":"/x"}');

/** The text of a hello, changed in some. */
export const hello = (more: object): string =>
  JSON.stringify({
    type: 'hello',
    protocol: 'leash-actors',
    version: wireVersion,
    build: '',
    maxMessage_bytes: 2 ** 20,
    ...more,
  });
