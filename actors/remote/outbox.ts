import { Mailbox } from '../mailbox.ts';
import type { DeadLetterReason, TellResult } from '../types.ts';
import type { Packed } from './packing.ts';
import type { OutboxOptions } from './types.ts';
import type { Address } from './wire.ts';

/** A message that waits for the channel, and what it was before it was packed, for the dead letters. */
export interface Letter {
  readonly to: Address;
  readonly path: string;
  readonly message: unknown;
  readonly packed: Packed;
}

/** Letters in the order in which they leave, bounded in number and in bytes. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #letters: Mailbox<Letter>;
  readonly #lost: (letter: Letter, reason: DeadLetterReason) => void;
  #bytes = 0;

  constructor(options: OutboxOptions, lost: (letter: Letter, reason: DeadLetterReason) => void) {
    this.#options = options;
    this.#letters = new Mailbox(options);
    this.#lost = lost;
  }

  get depth(): number {
    return this.#letters.depth;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether who was rejected should try again. */
  get isHalfEmpty(): boolean {
    const { capacity, capacity_bytes } = this.#options;
    return this.depth * 2 <= capacity && this.#bytes * 2 <= capacity_bytes;
  }

  put(letter: Letter): TellResult {
    while (!this.#fits(letter)) {
      switch (this.#options.overflow) {
        case 'reject':
          this.#lost(letter, 'outbox_full');
          return 'rejected';
        case 'drop-newest':
          this.#lost(letter, 'dropped_newest');
          return 'accepted';
        case 'drop-oldest':
          this.#lost(this.take(), 'dropped_oldest');
      }
    }
    this.#letters.append(letter);
    this.#bytes += letter.packed.bytes;
    return 'accepted';
  }

  /** The oldest. Ask `depth` first. */
  take(): Letter {
    const letter = this.#letters.take();
    this.#bytes -= letter.packed.bytes;
    return letter;
  }

  #fits({ packed }: Letter): boolean {
    const { capacity, capacity_bytes } = this.#options;
    const { depth } = this.#letters;
    return depth === 0 || (depth < capacity && this.#bytes + packed.bytes <= capacity_bytes);
  }
}
