import { fail, ok, type Result } from '../protocol/result.ts';
import type { Expiring, Line } from './deadlines.ts';
import { Ref, subjectOf } from './ref.ts';
import type { Runtime, Subject, Watcher } from './runtime.ts';
import type { ActorRef, AskFailure, ExitReason, TellResult, Terminated } from './types.ts';

/**
 * A question that waits for the first of: its answer, its deadline, the end of who was asked, a change of mind. It is
 * itself the address to which the answer goes.
 */
export class PendingAsk<Message, Reply> extends Ref implements Expiring, Watcher, ActorRef<Reply> {
  place = 0;
  expires_ms = 0;
  line: Line | undefined;
  before: Expiring | undefined;
  after: Expiring | undefined;
  readonly tell: (answer: Reply) => TellResult = (answer) => this.#answered(answer);
  readonly #runtime: Runtime;
  readonly #ref: ActorRef<Message>;
  readonly #deadline_ms: number;
  readonly #settled: (answer: Result<Reply, AskFailure>) => void;
  #target: Subject | undefined;
  #open = true;
  #onSettled: (() => void)[] | undefined;

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
    this.#target = subjectOf(this.#ref);
    this.#target?.bonds.addWatcher(this);
    this.#runtime.deadlines.add(this.#deadline_ms, this);
    const told = this.#ref.tell(message);
    if (told === 'stopped') this.#lost(this.#target?.exit?.kind);
    else if (told === 'rejected')
      this.#fail('rejected', `${this.#ref.path} did not take the question; the dead letter says why`);
  }

  cancel(): void {
    this.#fail('cancelled', `nobody waits any more for the answer of ${this.#ref.path}`);
  }

  expired(): void {
    this.#fail('deadline', `${this.#ref.path} did not answer within ${this.#deadline_ms} ms`);
  }

  ended({ reason }: Terminated): void {
    this.#lost(reason.kind);
  }

  /** Calls `forget` when this address waits for no answer any more: at once, if that is so already. */
  whenSettled(forget: () => void): void {
    if (!this.#open) forget();
    else if (this.#onSettled === undefined) this.#onSettled = [forget];
    else this.#onSettled.push(forget);
  }

  #lost(kind: ExitReason['kind'] | undefined): void {
    const { path } = this.#ref;
    if (kind === 'noconnection')
      this.#fail(kind, `${path} cannot be reached any more; it may have been asked`);
    else this.#fail('actor_stopped', `${path} ended before it answered`);
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
    if (this.#onSettled !== undefined) for (const forget of this.#onSettled) forget();
    this.#settled(answer);
  }
}
