import type { BusCall, BusReply } from '../../protocol/host-network.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import {
  decodeMessage,
  encodeCall,
  fixedHeader_bytes,
  messageLength,
  messageType,
} from '../parsers/dbus-message.ts';

/** Calls that wait for their reply at once: a system bus allows 128 (dbus-daemon(1), `max_replies_per_connection`). */
const waitingMax = 64;
/** Longest line of the authentication that is waited for. */
const lineMax_bytes = 16 * 1024;
const blank = Buffer.alloc(0);

/** Must be the first call on a bus. */
const hello: BusCall = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
  arguments: [],
};

/** What follows from bytes that came: what to send, and the replies when all are there. */
export interface BusStep {
  readonly send: Uint8Array;
  readonly replies: readonly BusReply[] | undefined;
}

/**
 * What is said on one connection to a message bus, apart from the socket that it is said through: authentication,
 * Hello, and the calls, a window of them at a time. A failure is a sentence; after one the connection is to be closed.
 */
export class BusConversation {
  readonly #calls: readonly BusCall[];
  readonly #repliesMax_bytes: number;
  readonly #replies = new Map<number, BusReply>();
  #pieces: Uint8Array[] = [];
  #held_bytes = 0;
  #total_bytes = 0;
  /** Bytes that the next line or message needs at least. */
  #wanted_bytes = 1;
  #sent = 0;
  #isAuthenticated = false;

  constructor(calls: readonly BusCall[], repliesMax_bytes: number) {
    this.#calls = [hello, ...calls];
    this.#repliesMax_bytes = repliesMax_bytes;
  }

  /**
   * What the client says first (specification, "Authentication Protocol"): a NUL, and that it is who the kernel says it
   * is. An identity is not named: within a user namespace the bus knows it by another number.
   */
  begin(): Uint8Array {
    return Buffer.from('\0AUTH EXTERNAL\r\nDATA\r\n', 'latin1');
  }

  /** Takes what came, in pieces of any size. */
  take(
    piece: Uint8Array,
  ): Result<BusStep, { readonly reason: 'broken_off' | 'too_large'; readonly message: string }> {
    this.#pieces.push(piece);
    this.#held_bytes += piece.length;
    this.#total_bytes += piece.length;
    if (this.#total_bytes > this.#repliesMax_bytes)
      return fail({ reason: 'too_large', message: `the bus sent more than ${this.#repliesMax_bytes} bytes` });
    if (this.#held_bytes < this.#wanted_bytes) return ok({ send: blank, replies: undefined });
    const held = Buffer.concat(this.#pieces);
    const read = this.#isAuthenticated ? this.#readMessages(held) : this.#readLines(held);
    if (!read.ok) return fail({ reason: 'broken_off', message: read.error });
    const rest = held.subarray(read.value);
    this.#pieces = [rest];
    this.#held_bytes = rest.length;
    return ok({ send: this.#next(), replies: this.#whole() });
  }

  /** Reads lines up to the one that lets us in, then messages; gives how many bytes were used. */
  #readLines(held: Buffer): Result<number, string> {
    for (let at = 0; ; ) {
      const end = held.indexOf('\r\n', at);
      if (end === -1) {
        this.#wanted_bytes = held.length - at + 1;
        return held.length - at > lineMax_bytes ? fail('what answers is no D-Bus') : ok(at);
      }
      const line = held.toString('latin1', at, end);
      at = end + 2;
      if (line === 'DATA') continue;
      if (!line.startsWith('OK ')) return fail(`the bus does not let this user in: ${line.slice(0, 80)}`);
      this.#isAuthenticated = true;
      this.#wanted_bytes = fixedHeader_bytes;
      // Nothing is sent before BEGIN, so nothing can follow.
      return at === held.length ? ok(at) : fail('the bus spoke before it was asked');
    }
  }

  #readMessages(held: Buffer): Result<number, string> {
    for (let at = 0; ; ) {
      this.#wanted_bytes = fixedHeader_bytes;
      if (held.length - at < fixedHeader_bytes) return ok(at);
      const length = messageLength(held.subarray(at, at + fixedHeader_bytes));
      if (length === undefined) return fail('what answers is no D-Bus');
      this.#wanted_bytes = length;
      if (held.length - at < length) return ok(at);
      const message = decodeMessage(held.subarray(at, at + length));
      if (message === undefined) return fail('the bus sent a malformed message');
      this.#keep(message);
      at += length;
    }
  }

  /** Signals and calls are none of our business; who answers what was not asked is ignored, too. */
  #keep({ type, replySerial, errorName, body }: NonNullable<ReturnType<typeof decodeMessage>>): void {
    if (replySerial < 1 || replySerial > this.#sent) return;
    if (type === messageType.methodReturn) this.#replies.set(replySerial, ok(body));
    if (type === messageType.error) {
      const [text] = body;
      const message = typeof text === 'string' ? `${errorName}: ${text}` : errorName;
      this.#replies.set(replySerial, fail({ reason: 'refused', message }));
    }
  }

  /** The calls that fit into the window. Serial 1 is Hello, on whose reply the others wait. */
  #next(): Uint8Array {
    if (!this.#isAuthenticated) return blank;
    const messages: Buffer[] = this.#sent === 0 ? [Buffer.from('BEGIN\r\n')] : [];
    const most = this.#replies.has(1) ? this.#replies.size + waitingMax : 1;
    for (const call of this.#calls.slice(this.#sent, most)) {
      this.#sent += 1;
      messages.push(encodeCall(this.#sent, call));
    }
    return Buffer.concat(messages);
  }

  #whole(): readonly BusReply[] | undefined {
    if (this.#replies.size < this.#calls.length) return undefined;
    return this.#calls.slice(1).flatMap((_, index) => this.#replies.get(index + 2) ?? []);
  }
}
