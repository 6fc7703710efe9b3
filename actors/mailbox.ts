import type { MailboxOptions } from './types.ts';

/** What became of a message that was put into a mailbox. A dropped message is handed out for the dead letters. */
export type PutResult<Message> =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'dropped'; readonly which: 'oldest' | 'newest'; readonly message: Message };

const accepted = { kind: 'accepted' } as const;
const rejected = { kind: 'rejected' } as const;
const smallest = 16;

/** A bounded first-in-first-out ring. It grows by doubling up to its capacity and never beyond. */
export class Mailbox<Message> {
  readonly #options: MailboxOptions;
  #ring: (Message | undefined)[];
  #head = 0;
  #depth = 0;
  #highWater = 0;

  constructor(options: MailboxOptions) {
    this.#options = options;
    this.#ring = new Array<Message | undefined>(Math.min(smallest, options.capacity));
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
    this.#append(message);
    return accepted;
  }

  take(): Message | undefined {
    if (this.#depth === 0) return undefined;
    const message = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#ring.length;
    this.#depth -= 1;
    return message;
  }

  /** Puts stashed messages back before all others; they had their place already, so the bound does not apply. */
  unshiftAll(messages: readonly Message[]): void {
    const rest: Message[] = [];
    for (let message = this.take(); message !== undefined; message = this.take()) rest.push(message);
    for (const message of messages) this.#append(message);
    for (const message of rest) this.#append(message);
  }

  #overflow(message: Message): PutResult<Message> {
    switch (this.#options.overflow) {
      case 'reject':
        return rejected;
      case 'drop-newest':
        return { kind: 'dropped', which: 'newest', message };
      case 'drop-oldest': {
        const oldest = this.take();
        this.#append(message);
        return oldest === undefined ? accepted : { kind: 'dropped', which: 'oldest', message: oldest };
      }
    }
  }

  #append(message: Message): void {
    if (this.#depth === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#depth) % this.#ring.length] = message;
    this.#depth += 1;
    if (this.#depth > this.#highWater) this.#highWater = this.#depth;
  }

  #grow(): void {
    const grown = new Array<Message | undefined>(this.#ring.length * 2);
    for (let index = 0; index < this.#depth; index += 1) {
      grown[index] = this.#ring[(this.#head + index) % this.#ring.length];
    }
    this.#ring = grown;
    this.#head = 0;
  }
}
