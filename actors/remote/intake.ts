import type { Channel } from '../../platform/channel.ts';
import { Inbound, type Received } from './inbound.ts';
import type { Violation } from './parse.ts';

/** More unread bytes than that and the channel is read no further. Holds any frame. */
const maxUnread_bytes = 1024 * 1024;
/** A part is copied, which takes as long as so many small messages. */
const partInMessages = 25;

/** What the intake needs of its node. */
export interface IntakeNode {
  /** Asks for a turn. */
  dispatch(intake: Intake): void;
  /** Takes what came in; says what is wrong with it. */
  take(received: Received): Violation | undefined;
  broken(violation: Violation): void;
  /** The channel is closed, and all that came before has been taken. */
  ended(message: string): void;
}

/**
 * Takes what comes in, in turns with the actors of this process: so it fills no mailbox faster than its actor takes
 * messages out, and when the process does not keep up, the other end finds the channel full.
 */
export class Intake {
  readonly #node: IntakeNode;
  readonly #inbound: Inbound;
  #paused: Channel | undefined;
  #isWaiting = false;
  #channelIsClosed = false;
  #isClosed = false;

  constructor(node: IntakeNode, maxMessage_bytes: number) {
    this.#node = node;
    this.#inbound = new Inbound(maxMessage_bytes);
  }

  received(bytes: Buffer, channel: Channel): void {
    if (this.#isClosed) return;
    this.#inbound.push(bytes);
    if (this.#paused === undefined && this.#inbound.pending_bytes > maxUnread_bytes) {
      channel.pauseReading();
      this.#paused = channel;
    }
    this.#askTurn();
  }

  channelClosed(): void {
    this.#channelIsClosed = true;
    this.#askTurn();
  }

  /** Takes nothing more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Takes up to `budget` messages; returns how many it took. Called by the dispatcher only. */
  turn(budget: number): number {
    this.#isWaiting = false;
    let taken = 0;
    while (taken < budget && !this.#isClosed) {
      const next = this.#inbound.next();
      if (next.ok && next.value === undefined) {
        this.#allTaken();
        return taken;
      }
      const violation = next.ok ? next.value && this.#node.take(next.value) : next.error;
      if (violation !== undefined) this.#node.broken(violation);
      taken += next.ok && next.value?.kind === 'part' ? partInMessages : 1;
    }
    if (!this.#isClosed) this.#askTurn();
    return taken;
  }

  #allTaken(): void {
    this.#paused?.resumeReading();
    this.#paused = undefined;
    if (!this.#channelIsClosed) return;
    const torn = this.#inbound.isBetweenMessages ? '' : ', in the middle of a message';
    this.#node.ended(`the other end hung up or died${torn}`);
  }

  #askTurn(): void {
    if (this.#isWaiting || this.#isClosed) return;
    this.#isWaiting = true;
    this.#node.dispatch(this);
  }
}
