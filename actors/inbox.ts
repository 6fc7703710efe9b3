import type { EventEmitter } from 'eventemitter3';
import { Mailbox } from './mailbox.ts';
import {
  type ActorSystemEvents,
  type DeadLetterReason,
  defaultMailbox,
  type MailboxOptions,
  type TellResult,
} from './types.ts';

/** What an actor has been told and has not yet received: mailbox and stash. What is lost becomes a dead letter. */
export class Inbox<Message> {
  readonly mailbox: Mailbox<Message>;
  readonly #path: string;
  readonly #events: EventEmitter<ActorSystemEvents>;
  #stashed: Message[] = [];
  #dropped = 0;

  constructor(
    path: string,
    events: EventEmitter<ActorSystemEvents>,
    options: MailboxOptions = defaultMailbox,
  ) {
    this.#path = path;
    this.#events = events;
    this.mailbox = new Mailbox(options);
  }

  /** Messages that became dead letters. */
  get dropped(): number {
    return this.#dropped;
  }

  put(message: Message): TellResult {
    const put = this.mailbox.put(message);
    if (put.kind === 'accepted') return 'accepted';
    if (put.kind === 'rejected') {
      this.lose(message, 'mailbox_full');
      return 'rejected';
    }
    this.lose(put.message, put.which === 'oldest' ? 'dropped_oldest' : 'dropped_newest');
    return 'accepted';
  }

  stash(message: Message): void {
    if (this.#stashed.length < this.mailbox.capacity) this.#stashed.push(message);
    else this.lose(message, 'stash_full');
  }

  unstashAll(): void {
    this.mailbox.unshiftAll(this.#stashed);
    this.#stashed = [];
  }

  /** Nobody will receive what is left. */
  close(): void {
    this.unstashAll();
    for (const message of this.mailbox.takeAll()) this.lose(message, 'actor_stopped');
  }

  lose(message: Message, reason: DeadLetterReason): void {
    this.#dropped += 1;
    this.#events.emit('deadLetter', { to: this.#path, message, reason });
  }
}
