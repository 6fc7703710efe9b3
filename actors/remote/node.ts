import type { Channel, OpenChannel } from '../../platform/channel.ts';
import type { Timer } from '../../platform/clock.ts';
import type { Runtime, Subject } from '../runtime.ts';
import { type ActorRef, type DeadLetterReason, defaultMailbox, type TellResult } from '../types.ts';
import { Addresses } from './addresses.ts';
import { batch_bytes } from './batch.ts';
import { Delivery } from './delivery.ts';
import { Exports } from './exports.ts';
import { Imports } from './imports.ts';
import type { Received } from './inbound.ts';
import { Intake } from './intake.ts';
import { type Letter, Outbox } from './outbox.ts';
import { pack } from './packing.ts';
import type { Violation } from './parse.ts';
import { Sender } from './sender.ts';
import type { NodeDown, NodeOptions, NodeStatus, OutboxOptions, Portable, RemoteNode } from './types.ts';
import { type Address, type ControlMessage, type Hello, toWireReason, wireVersion } from './wire.ts';

const defaultOutbox: OutboxOptions = { ...defaultMailbox, capacity_bytes: 16 * 1024 * 1024 };
const defaultMaxMessage_bytes = 8 * 1024 * 1024;
/** A string of Node's holds half a gigabyte. */
const longestMessage_bytes = 256 * 1024 * 1024;
const defaultMaxRefs = 100_000;
const defaultHello_ms = 5000;

/** One end of a connection: puts its parts together, says hello, and sees to it that nothing is left when it is over. */
export class Node implements RemoteNode {
  readonly name: string;
  readonly down: Promise<NodeDown>;
  readonly #runtime: Runtime;
  readonly #hello: Hello;
  readonly #imports: Imports;
  readonly #exports: Exports;
  readonly #outbox: Outbox;
  readonly #intake: Intake;
  readonly #delivery: Delivery;
  readonly #channel: Channel;
  readonly #sender: Sender;
  readonly #silence: Timer;
  readonly #settleDown: (down: NodeDown) => void;
  #phase: NodeStatus['phase'] = 'greeting';
  /** What the other end takes; before it says so, what this one does. */
  #maxMessage_bytes: number;
  #isFlushAsked = false;
  #waitForRoom: (() => void)[] = [];
  #received = 0;
  #dropped = 0;

  constructor(runtime: Runtime, open: OpenChannel, options: NodeOptions) {
    const { name, build = '', maxRefs = defaultMaxRefs, outbox = defaultOutbox } = options;
    const { maxMessage_bytes = defaultMaxMessage_bytes, hello_ms = defaultHello_ms } = options;
    if (!(maxMessage_bytes > 0 && maxMessage_bytes <= longestMessage_bytes))
      throw new Error(`a message has 1 to ${longestMessage_bytes} bytes, not ${maxMessage_bytes}`);
    const { promise, resolve } = Promise.withResolvers<NodeDown>();
    this.name = name;
    this.down = promise;
    this.#settleDown = resolve;
    this.#runtime = runtime;
    this.#hello = { type: 'hello', protocol: 'leash-actors', version: wireVersion, build, maxMessage_bytes };
    this.#maxMessage_bytes = maxMessage_bytes;
    this.#imports = new Imports(this, name, maxRefs);
    this.#exports = new Exports(
      maxRefs,
      (introduction) => this.control(introduction),
      (of, reason) => this.control({ type: 'ended', of, reason: toWireReason(reason) }),
    );
    const late = (path: string, message: unknown): void => this.lost({ path, message }, 'actor_stopped');
    const addresses = new Addresses(this, this.#imports, this.#exports, late);
    this.#delivery = new Delivery(this, this.#imports, this.#exports, addresses);
    this.#intake = new Intake(this, maxMessage_bytes);
    this.#outbox = new Outbox(outbox, (letter, reason) => this.lost(letter, reason));
    this.#channel = open({
      received: (bytes) => this.#intake.received(bytes, this.#channel),
      drained: () => {
        this.#sender.drained();
        this.#flush();
      },
      closed: () => this.#intake.channelClosed(),
    });
    this.#sender = new Sender(this.#channel, this.#outbox, {
      addressed: (refs) => addresses.toWire(refs),
      lost: (letter, reason) => this.lost(letter, reason),
    });
    this.#silence = runtime.clock.after(hello_ms, () =>
      this.#end('silent', `it did not say hello within ${hello_ms} ms`),
    );
    this.#sender.control(this.#hello);
    this.#flush();
  }

  expose(name: string, ref: ActorRef<never>): void {
    this.#exports.expose(name, ref);
  }

  remote<Message>(name: string): ActorRef<Portable<Message>> {
    const { standIn, isNew } = this.#imports.named(name);
    if (this.#phase === 'down') standIn.disconnected();
    else if (isNew) this.control({ type: 'bind', id: standIn.address.id, name });
    return standIn.ref;
  }

  room(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waitForRoom.push(resolve);
    this.#tellRoom();
    return promise;
  }

  status(): NodeStatus {
    return {
      phase: this.#phase,
      outbox_depth: this.#outbox.depth,
      outbox_bytes: this.#outbox.bytes,
      sent: this.#sender.sent,
      received: this.#received,
      dropped: this.#dropped,
      exported: this.#exports.size,
      imported: this.#imports.size,
    };
  }

  disconnect(): void {
    this.#sender.flush();
    this.#end('disconnected', 'this end hung up');
  }

  /** Sends a message to an address of the other end; `path` is what this end calls it. */
  send(to: Address, path: string, message: unknown): TellResult {
    if (this.#phase === 'down') {
      this.lost({ path, message }, 'noconnection');
      return 'stopped';
    }
    const packed = pack(message);
    if (!packed.ok || packed.value.bytes > this.#maxMessage_bytes) {
      this.lost({ path, message }, packed.ok ? 'too_large' : packed.error);
      return 'rejected';
    }
    const told = this.#outbox.put({ to, path, message, packed: packed.value });
    if (this.#outbox.bytes >= batch_bytes) this.#flush();
    else this.#flushSoon();
    return told;
  }

  /** Sends what is not a message to an actor. */
  control(message: ControlMessage): void {
    if (this.#phase === 'down') return;
    if (this.#sender.control(message)) this.#flushSoon();
    else this.#end('stalled', 'it takes in nothing, and too much waits that it must be told');
  }

  /** The number under which the other end knows an actor of this process. */
  introduce(subject: Subject): number | undefined {
    return this.#exports.introduce(subject);
  }

  lost({ path, message }: Pick<Letter, 'path' | 'message'>, reason: DeadLetterReason): void {
    this.#dropped += 1;
    this.#runtime.events.emit('deadLetter', { to: path, message, reason });
  }

  dispatch(intake: Intake): void {
    this.#runtime.dispatch(intake);
  }

  /** Takes what came in. */
  take(received: Received): Violation | undefined {
    if (received.kind === 'part') return this.#phase === 'up' ? undefined : 'it did not begin with a hello';
    const isHello = received.kind === 'control' && received.message.type === 'hello';
    if (isHello !== (this.#phase === 'greeting')) return 'it did not begin with a hello, or said two';
    if (received.kind === 'tell') {
      this.#received += 1;
      return this.#delivery.tell(received.tell);
    }
    const { message } = received;
    if (message.type !== 'hello') return this.#delivery.control(message);
    this.#greeted(message);
    return undefined;
  }

  broken(violation: Violation): void {
    this.#end('violation', violation);
  }

  ended(message: string): void {
    this.#end('closed', message);
  }

  #greeted({ version, build, maxMessage_bytes }: Hello): void {
    if (version !== wireVersion)
      return this.#end('version_mismatch', `it speaks version ${version}, this end version ${wireVersion}`);
    if (build !== this.#hello.build)
      return this.#end(
        'build_mismatch',
        `it is of build '${build}', this end of build '${this.#hello.build}'`,
      );
    this.#phase = 'up';
    this.#silence.cancel();
    this.#maxMessage_bytes = maxMessage_bytes;
    this.#sender.open(maxMessage_bytes);
    this.#flush();
  }

  /** Not at once: all that the actors say in their turns leaves together. */
  #flushSoon(): void {
    if (this.#isFlushAsked) return;
    this.#isFlushAsked = true;
    queueMicrotask(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isFlushAsked = false;
    this.#sender.flush();
    this.#tellRoom();
  };

  #tellRoom(): void {
    if (this.#phase !== 'down' && !this.#outbox.isHalfEmpty) return;
    for (const resolve of this.#waitForRoom) resolve();
    this.#waitForRoom = [];
  }

  #end(reason: NodeDown['reason'], message: string): void {
    if (this.#phase === 'down') return;
    this.#phase = 'down';
    this.#silence.cancel();
    this.#intake.close();
    this.#channel.close();
    this.#exports.close();
    this.#sender.close();
    for (const standIn of this.#imports.takeAll()) standIn.disconnected();
    this.#tellRoom();
    this.#settleDown({ reason, message: `${this.name}: ${message}` });
  }
}
