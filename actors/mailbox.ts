import type { MailboxOptions } from './types.ts';

/** What became of a message that was put into a mailbox. A dropped message is handed out for the dead letters. */
export type PutResult<Message> =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'dropped'; readonly which: 'oldest' | 'newest'; readonly message: Message };

const accepted = { kind: 'accepted' } as const;
const rejected = { kind: 'rejected' } as const;
/** Sizes of the ring are powers of two, so that a mask finds the place. */
const smallest = 16;

/** A bounded first-in-first-out ring, which grows by doubling as far as it is needed. */
export class Mailbox<Message> {
  readonly #options: MailboxOptions;
  #ring: (Message | undefined)[] = new Array<Message | undefined>(smallest);
  #head = 0;
  #depth = 0;
  #highWater = 0;

  constructor(options: MailboxOptions) {
    if (!Number.isSafeInteger(options.capacity) || options.capacity < 1)
      throw new Error(`a mailbox holds at least one message, not ${options.capacity}`);
    this.#options = options;
  }

  get depth(): number {
    return this.#depth;
  }

  get highWater(): number {
    return this.#highWater;
  }

  get capacity(): number {
    return this.#options.capacity;
  }

  put(message: Message): PutResult<Message> {
    if (this.#depth >= this.#options.capacity) return this.#overflow(message);
    this.append(message);
    return accepted;
  }

  /** Puts a message past the bound: one that the actor sent itself, of which there are few. */
  append(message: Message): void {
    if (this.#depth === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#depth) & (this.#ring.length - 1)] = message;
    this.#depth += 1;
    if (this.#depth > this.#highWater) this.#highWater = this.#depth;
  }

  /** The oldest message. Ask `depth` first: of an empty mailbox this is a programming error. */
  take(): Message {
    if (this.#depth === 0) throw new Error('an empty mailbox has no message');
    const message = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#depth -= 1;
    // Within the depth every place holds a message, and a message may be undefined.
    return message as Message;
  }

  takeAll(): readonly Message[] {
    return Array.from({ length: this.#depth }, () => this.take());
  }

  /** Puts stashed messages back before all others; they had their place already, so the bound does not apply. */
  unshiftAll(messages: readonly Message[]): void {
    const rest = this.takeAll();
    for (const message of messages) this.append(message);
    for (const message of rest) this.append(message);
  }

  #overflow(message: Message): PutResult<Message> {
    switch (this.#options.overflow) {
      case 'reject':
        return rejected;
      case 'drop-newest':
        return { kind: 'dropped', which: 'newest', message };
      case 'drop-oldest': {
        const oldest = this.take();
        this.append(message);
        return { kind: 'dropped', which: 'oldest', message: oldest };
      }
    }
  }

  #grow(): void {
    const grown = new Array<Message | undefined>(this.#ring.length * 2);
    for (let index = 0; index < this.#depth; index += 1) {
      grown[index] = this.#ring[(this.#head + index) & (this.#ring.length - 1)];
    }
    this.#ring = grown;
    this.#head = 0;
  }
}
