import { fail, ok, type Result } from '../../protocol/result.ts';
import { FrameReader } from './frame-reader.ts';
import { parseControl, parseRefs, type Violation } from './parse.ts';
import {
  type Address,
  type ControlMessage,
  frameKind,
  maxPart_bytes,
  messageBounds,
  spaces,
  tellHeader_bytes,
  type WireRef,
} from './wire.ts';

/** A message of the other end, not yet parsed. */
export interface ReceivedTell {
  readonly to: Address;
  readonly refs: readonly WireRef[];
  readonly text: Buffer;
}

export type Received =
  | { readonly kind: 'control'; readonly message: ControlMessage }
  | { readonly kind: 'tell'; readonly tell: ReceivedTell }
  /** Part of a tell: nothing to do yet. */
  | { readonly kind: 'part' };

const part = { kind: 'part' } as const;

/** Makes messages of the bytes that come in, and refuses what is beyond a limit before it keeps or parses it. */
export class Inbound {
  readonly #maxMessage_bytes: number;
  readonly #frames = new FrameReader();
  #large: { readonly bytes: Buffer; received_bytes: number } | undefined;

  constructor(maxMessage_bytes: number) {
    this.#maxMessage_bytes = maxMessage_bytes;
  }

  get pending_bytes(): number {
    return this.#frames.pending_bytes;
  }

  /** Whether the last bytes were the last of a message. */
  get isBetweenMessages(): boolean {
    return this.#large === undefined && this.#frames.pending_bytes === 0;
  }

  push(bytes: Buffer): void {
    this.#frames.push(bytes);
  }

  /** What comes next, if it is here. After a failure there is no more. */
  next(): Result<Received | undefined, Violation> {
    const frame = this.#frames.next();
    if (!frame.ok || frame.value === undefined) return frame as Result<undefined, Violation>;
    const { kind, payload } = frame.value;
    if (kind === frameKind.control) {
      const message = parseControl(payload);
      return message.ok ? ok({ kind: 'control', message: message.value }) : message;
    }
    if (kind === frameKind.part) return this.#part(payload);
    if (this.#large !== undefined) return fail('a message began in the middle of a large one');
    return kind === frameKind.tell ? this.#tell(payload) : this.#begin(payload.readUInt32LE(0));
  }

  #begin(length: number): Result<Received, Violation> {
    if (length > this.#maxMessage_bytes)
      return fail(`a message has ${this.#maxMessage_bytes} bytes at most, not ${length}`);
    if (length <= maxPart_bytes) return fail(`a message of ${length} bytes needs no parts`);
    this.#large = { bytes: Buffer.allocUnsafeSlow(length), received_bytes: 0 };
    return ok(part);
  }

  /** Every part but the last is full, so their count needs no bound of its own. */
  #part(payload: Buffer): Result<Received, Violation> {
    const large = this.#large;
    if (large === undefined) return fail('a part belongs to no message');
    const missing_bytes = large.bytes.length - large.received_bytes;
    if (payload.length !== Math.min(maxPart_bytes, missing_bytes))
      return fail(`a part of ${payload.length} bytes, where ${missing_bytes} are missing`);
    large.received_bytes += payload.copy(large.bytes, large.received_bytes);
    if (payload.length < missing_bytes) return ok(part);
    this.#large = undefined;
    return this.#tell(large.bytes);
  }

  #tell(payload: Buffer): Result<Received, Violation> {
    const space = spaces[payload.readUInt8(0)];
    if (space === undefined) return fail(`address space ${payload.readUInt8(0)} is not known`);
    const refs_bytes = payload.readUInt32LE(7);
    const text = tellHeader_bytes + refs_bytes;
    if (text >= payload.length) return fail('a list of refs is longer than its message');
    const refs = refs_bytes === 0 ? none : parseRefs(payload.subarray(tellHeader_bytes, text), messageBounds);
    if (!refs.ok) return refs;
    const to = { space, id: payload.readUIntLE(1, 6) };
    return ok({ kind: 'tell', tell: { to, refs: refs.value, text: payload.subarray(text) } });
  }
}

const none: Result<readonly WireRef[], Violation> = ok([]);
