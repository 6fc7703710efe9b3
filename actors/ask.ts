import { fail, ok, type Result } from '../protocol/result.ts';
import { Expiring } from './deadlines.ts';
import { cellOf } from './ref.ts';
import type { AnyCell, Runtime, Watcher } from './runtime.ts';
import type { ActorRef, AskFailure, TellResult } from './types.ts';

/**
 * A question that waits for the first of: its answer, its deadline, the end of who was asked, a change of mind. It is
 * itself the address to which the answer goes.
 */
export class PendingAsk<Message, Reply> extends Expiring implements Watcher, ActorRef<Reply> {
  place = 0;
  readonly tell: (answer: Reply) => TellResult = (answer) => this.#answered(answer);
  readonly #runtime: Runtime;
  readonly #ref: ActorRef<Message>;
  readonly #deadline_ms: number;
  readonly #settled: (answer: Result<Reply, AskFailure>) => void;
  #target: AnyCell | undefined;
  #open = true;

  constructor(
    runtime: Runtime,
    ref: ActorRef<Message>,
    deadline_ms: number,
    settled: (answer: Result<Reply, AskFailure>) => void,
  ) {
    super();
    this.#runtime = runtime;
    this.#ref = ref;
    this.#deadline_ms = deadline_ms;
    this.#settled = settled;
  }

  get path(): string {
    return `${this.#ref.path}?`;
  }

  /** Sends the question, which may settle it at once. */
  send(toMessage: (replyTo: ActorRef<Reply>) => Message): void {
    const message = toMessage(this);
    this.#target = cellOf(this.#ref);
    this.#target?.bonds.addWatcher(this);
    this.#runtime.deadlines.add(this.#deadline_ms, this);
    const told = this.#ref.tell(message);
    if (told === 'stopped') this.ended();
    else if (told === 'rejected') this.#fail('rejected', `the mailbox of ${this.#ref.path} is full`);
  }

  cancel(): void {
    this.#fail('cancelled', `nobody waits any more for the answer of ${this.#ref.path}`);
  }

  expired(): void {
    this.#fail('deadline', `${this.#ref.path} did not answer within ${this.#deadline_ms} ms`);
  }

  ended(): void {
    this.#fail('actor_stopped', `${this.#ref.path} ended before it answered`);
  }

  #answered(message: Reply): TellResult {
    if (this.#open) {
      this.#settle(ok(message));
      return 'accepted';
    }
    this.#runtime.events.emit('deadLetter', { to: this.path, message, reason: 'asker_left' });
    return 'stopped';
  }

  #fail(reason: AskFailure['reason'], message: string): void {
    if (this.#open) this.#settle(fail({ reason, message }));
  }

  #settle(answer: Result<Reply, AskFailure>): void {
    this.#open = false;
    this.#target?.bonds.removeWatcher(this);
    this.#runtime.deadlines.remove(this);
    this.#settled(answer);
  }
}
