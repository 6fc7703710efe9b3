import { faultTypes, type ManagerCall } from '../../../protocol/extension/calls.ts';
import type { WireLimits } from '../../../protocol/extension/wire-limits.ts';
import type { Clock, Timer } from '../../clock.ts';
import type { HangUpReason, Reply, ServeOptions } from '../../extension-wire.ts';
import type { UnixConnection, UnixConnectionListener } from '../../unix-socket.ts';
import { encodeAnswer, encodeFault } from './answers.ts';
import { readCall } from './calls.ts';
import { MessageScanner } from './message-scanner.ts';
import type { Pace } from './pace.ts';
import { type MessageHead, readFromPeer, WireReader } from './wire-reader.ts';
import { messageTypes } from './wire-types.ts';

/** What a session needs of the server that it belongs to. */
export interface SessionDeps {
  readonly clock: Clock;
  readonly pace: Pace;
  readonly limits: WireLimits;
  readonly idle_ms: number;
  readonly message_ms: number;
  readonly answer: ServeOptions['answer'];
  readonly hungUp: (reason: HangUpReason, message: string) => void;
  readonly ended: (session: CallSession) => void;
}

/** A call with the head of its message, or what is wrong with it. */
type Incoming =
  | { readonly kind: 'call'; readonly call: ManagerCall }
  | { readonly kind: 'fault'; readonly reply: Reply };

/** What a piece of a stream and what a message cost beyond their bytes. */
const overhead_bytes = 1024;

/**
 * The server's side of one connection: calls are answered one after another, with their sequence ids. While one is
 * answered, or its answer waits for the client to read it, no more is read than one chunk: a client costs the message that
 * it is sending and that. Until then it is seen to hang up, and whoever answers is told.
 */
export class CallSession implements UnixConnectionListener {
  readonly #connection: UnixConnection;
  readonly #deps: SessionDeps;
  readonly #scanner: MessageScanner;
  #timer: Timer | undefined;
  /** Runs while more came than the pace allows: nothing is read meanwhile. */
  #holding: Timer | undefined;
  #state: 'reading' | 'answering' | 'flushing' | 'closed' = 'reading';
  #idleSince_ms: number;
  /** Of the call that is answered. */
  #left = new AbortController();

  constructor(connection: UnixConnection, deps: SessionDeps) {
    this.#connection = connection;
    this.#deps = deps;
    this.#scanner = new MessageScanner(deps.limits);
    this.#idleSince_ms = deps.clock.monotonicMs();
    this.#waitIdle();
  }

  /** Since when nothing happens here, on the monotonic clock; undefined while a call is served. */
  get idleSince_ms(): number | undefined {
    return this.#state === 'reading' ? this.#idleSince_ms : undefined;
  }

  received(bytes: Uint8Array): void {
    if (this.#state === 'closed') return;
    const began = !this.#scanner.isInside;
    this.#scanner.push(bytes);
    this.#idleSince_ms = this.#deps.clock.monotonicMs();
    this.#charge(bytes.length + overhead_bytes);
    if (this.#state !== 'reading') return this.#connection.pause();
    if (began) this.#wait(this.#deps.message_ms, 'slow_message', 'a message was not sent to its end in time');
    if (this.#holding === undefined) this.#advance();
  }

  drained(): void {
    if (this.#state === 'flushing') this.#readOn();
  }

  closed(): void {
    this.#state = 'closed';
    this.#left.abort();
    this.#timer?.cancel();
    this.#holding?.cancel();
    this.#deps.ended(this);
  }

  /** Ends the connection from this side. */
  hangUp(reason: HangUpReason, message: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#timer?.cancel();
    this.#holding?.cancel();
    this.#deps.hungUp(reason, message);
    this.#connection.destroy();
  }

  #advance(): void {
    const found = this.#scanner.next();
    if (!found.ok) return this.hangUp('bad_message', found.error.message);
    if (found.value === undefined) return;
    const reader = new WireReader(this.#scanner.window.slice(this.#scanner.messageStart, found.value));
    const head = reader.head();
    const incoming = readIncoming(head, reader);
    this.#scanner.finish();
    this.#timer?.cancel();
    this.#charge(overhead_bytes);
    this.#state = 'answering';
    if (incoming.kind === 'fault') return this.#reply(head, incoming.reply);
    this.#left = new AbortController();
    void this.#deps.answer(incoming.call, this.#left.signal).then((reply) => this.#reply(head, reply));
  }

  #reply({ name, sequenceId }: MessageHead, reply: Reply): void {
    if (this.#state !== 'answering') return;
    const bytes =
      reply.kind === 'answer'
        ? encodeAnswer(reply.answer, sequenceId)
        : encodeFault(name, reply.fault, sequenceId);
    this.#state = 'flushing';
    this.#waitIdle();
    if (this.#connection.write(bytes)) this.#readOn();
  }

  #readOn(): void {
    this.#state = 'reading';
    if (this.#holding !== undefined) return this.#waitIdle();
    this.#connection.resume();
    if (!this.#scanner.isInside) return this.#waitIdle();
    this.#wait(this.#deps.message_ms, 'slow_message', 'a message was not sent to its end in time');
    // Not from here: a client that sends a thousand messages at once would build a stack of a thousand answers.
    this.#deps.clock.soon(() => {
      if (this.#state === 'reading' && this.#holding === undefined) this.#advance();
    });
  }

  #charge(cost_bytes: number): void {
    const { clock, pace } = this.#deps;
    const delay_ms = pace.spend(cost_bytes, clock.monotonicMs());
    if (delay_ms === 0) return;
    this.#connection.pause();
    this.#holding?.cancel();
    this.#holding = clock.after(delay_ms, () => {
      this.#holding = undefined;
      if (this.#state === 'reading') this.#readOn();
    });
  }

  #waitIdle(): void {
    this.#idleSince_ms = this.#deps.clock.monotonicMs();
    this.#wait(this.#deps.idle_ms, 'idle', `nothing came for ${this.#deps.idle_ms} ms`);
  }

  #wait(delay_ms: number, reason: HangUpReason, message: string): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(delay_ms, () => this.hangUp(reason, message));
  }
}

const readIncoming = ({ type, name }: MessageHead, reader: WireReader): Incoming => {
  if (type !== messageTypes.call) {
    return faulty(faultTypes.invalidMessageType, `a message of type ${type} is no call`);
  }
  const call = readFromPeer(() => readCall(name, reader));
  if (!call.ok) return faulty(faultTypes.protocolError, call.error.message);
  if (call.value !== undefined) return { kind: 'call', call: call.value };
  return faulty(faultTypes.unknownMethod, `Invalid method name: '${name}'`);
};

const faulty = (type: number, message: string): Incoming => ({
  kind: 'fault',
  reply: { kind: 'fault', fault: { type, message } },
});
