import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { Result } from '../protocol/result.ts';
import { PendingAsk } from './ask.ts';
import type { Cell } from './cell.ts';
import { subjectOf } from './ref.ts';
import type { ActorRef, AskFailure, Behaviour, Context, SpawnOptions, Terminated } from './types.ts';

/** What a behaviour sees of its cell. */
export class CellContext<Message, State> implements Context<Message> {
  readonly self: ActorRef<Message>;
  readonly clock: Clock;
  readonly random: Random;
  readonly #cell: Cell<Message, State>;

  constructor(cell: Cell<Message, State>) {
    this.self = cell.ref;
    this.clock = cell.runtime.clock;
    this.random = cell.runtime.random;
    this.#cell = cell;
  }

  spawn<ChildMessage, ChildState>(
    name: string,
    behaviour: Behaviour<ChildMessage, ChildState>,
    options?: SpawnOptions,
  ): ActorRef<ChildMessage> {
    return this.#cell.spawn(name, behaviour, options);
  }

  stop(ref: ActorRef<never>): void {
    subjectOf(ref)?.signal({ kind: 'stop', from: this.self.path });
  }

  kill(ref: ActorRef<never>): void {
    subjectOf(ref)?.signal({ kind: 'kill' });
  }

  stopSelf(reason: 'normal' | 'shutdown' = 'normal'): void {
    this.#cell.leave({ kind: reason });
  }

  watch(ref: ActorRef<never>, toMessage: (terminated: Terminated) => Message): void {
    this.#cell.bonds.watch(ref, toMessage);
  }

  unwatch(ref: ActorRef<never>): void {
    this.#cell.bonds.unwatch(ref);
  }

  link(ref: ActorRef<never>): void {
    this.#cell.bonds.link(ref);
  }

  unlink(ref: ActorRef<never>): void {
    this.#cell.bonds.unlink(ref);
  }

  ask<OtherMessage, Reply>(
    ref: ActorRef<OtherMessage>,
    toQuestion: (replyTo: ActorRef<Reply>) => OtherMessage,
    deadline_ms: number,
    toMessage: (answer: Result<Reply, AskFailure>) => Message,
  ): () => void {
    const cell = this.#cell;
    let wanted = true;
    const pending = new PendingAsk<OtherMessage, Reply>(cell.runtime, ref, deadline_ms, (answer) => {
      cell.removeAsk(own);
      if (wanted) cell.notice(() => toMessage(answer));
    });
    const own = { place: 0, cancel: () => pending.cancel() };
    cell.addAsk(own);
    pending.send(toQuestion);
    return () => {
      wanted = false;
      pending.cancel();
    };
  }

  startTimer(key: string, delay_ms: number, message: Message): void {
    const cell = this.#cell;
    if (cell.phase === 'running') cell.timers.start(key, delay_ms, () => cell.tellSelf(message));
  }

  cancelTimer(key: string): void {
    this.#cell.timers.cancel(key);
  }

  stash(): void {
    this.#cell.stash();
  }

  unstashAll(): void {
    this.#cell.unstashAll();
  }
}
