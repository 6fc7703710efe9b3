import type { Channel } from '../../platform/channel.ts';
import type { Result } from '../../protocol/result.ts';
import type { DeadLetterReason } from '../types.ts';
import { Batch, batch_bytes, LargeTell, type Tell, tell_bytes } from './batch.ts';
import type { Letter, Outbox } from './outbox.ts';
import type { PlacedRef } from './packing.ts';
import { type ControlMessage, maxPart_bytes, type WireRef } from './wire.ts';

const noRefs = Buffer.alloc(0);
/** Of control messages that wait, in UTF-16 code units. */
const maxControls_length = 16 * 1024 * 1024;

/** What the sender needs of its node. */
export interface SenderNode {
  /** Gives addresses to refs; may send control messages about them, which leave first. */
  addressed(refs: readonly PlacedRef[]): Result<readonly WireRef[], 'too_many_refs'>;
  /** A letter that did not leave. */
  lost(letter: Letter, reason: DeadLetterReason): void;
}

/**
 * Writes to a channel as long as it takes more: control messages first, then letters in their order. One that is too
 * long for a frame leaves in parts, between which control messages pass.
 */
export class Sender {
  readonly #channel: Channel;
  readonly #outbox: Outbox;
  readonly #node: SenderNode;
  readonly #batch = new Batch();
  #controls: string[] = [];
  #controls_length = 0;
  #large: { readonly letter: Letter; readonly tell: LargeTell } | undefined;
  /** Undefined before the other end said hello, which it has to before it is sent any letter. */
  #maxMessage_bytes: number | undefined;
  #full = false;
  #closed = false;
  #isFlushing = false;
  #sent = 0;

  constructor(channel: Channel, outbox: Outbox, node: SenderNode) {
    this.#channel = channel;
    this.#outbox = outbox;
    this.#node = node;
  }

  /** Letters that the channel took. */
  get sent(): number {
    return this.#sent;
  }

  /** False when too much waits that the channel does not take: messages can be lost, but not what is said here. */
  control(message: ControlMessage): boolean {
    const text = JSON.stringify(message);
    this.#controls.push(text);
    this.#controls_length += text.length;
    return !this.#full || this.#controls_length <= maxControls_length;
  }

  /** The other end takes letters now, of this length at most. */
  open(maxMessage_bytes: number): void {
    this.#maxMessage_bytes = maxMessage_bytes;
  }

  /** The channel takes more. */
  drained(): void {
    this.#full = false;
  }

  /** Writes what the channel takes. */
  flush(): void {
    // A dead letter may be answered with a message, and so come back here.
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    while (!this.#full && !this.#closed) {
      this.#fill();
      if (this.#batch.length === 0) break;
      this.#full = !this.#channel.write(this.#batch.take());
    }
    this.#isFlushing = false;
  }

  /** Writes nothing more; what has not left is lost. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dropControls();
    if (this.#large !== undefined) this.#node.lost(this.#large.letter, 'noconnection');
    this.#large = undefined;
    while (this.#outbox.depth > 0) this.#node.lost(this.#outbox.take(), 'noconnection');
  }

  #fill(): void {
    this.#putControls();
    if (this.#maxMessage_bytes === undefined) return;
    while (this.#batch.length < batch_bytes) {
      if (this.#large !== undefined) return this.#putPart(this.#large.tell);
      if (this.#outbox.depth === 0) return;
      this.#putLetter(this.#outbox.take(), this.#maxMessage_bytes);
    }
  }

  #putControls(): void {
    for (const text of this.#controls) this.#batch.control(text);
    this.#dropControls();
  }

  #dropControls(): void {
    this.#controls = [];
    this.#controls_length = 0;
  }

  #putLetter(letter: Letter, max_bytes: number): void {
    const { to, packed } = letter;
    // Addresses that are given to a letter that is lost after all go with their actors.
    const refs = packed.refs.length === 0 ? undefined : this.#node.addressed(packed.refs);
    if (refs?.ok === false) return this.#node.lost(letter, refs.error);
    const list = refs === undefined ? noRefs : Buffer.from(JSON.stringify(refs.value));
    const tell: Tell = { to, refs: list, text: packed.text, text_bytes: packed.bytes };
    const length = tell_bytes(tell);
    if (length > max_bytes) return this.#node.lost(letter, 'too_large');
    this.#putControls();
    if (length <= maxPart_bytes) {
      this.#batch.tell(tell);
      this.#sent += 1;
      return;
    }
    this.#batch.large(length);
    this.#large = { letter, tell: new LargeTell(tell) };
  }

  #putPart(tell: LargeTell): void {
    this.#batch.part(tell.nextPart());
    if (!tell.isSent) return;
    this.#large = undefined;
    this.#sent += 1;
  }
}
