import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { Failure, Result } from '../protocol/result.ts';

/** Why an actor ended. `crashed` carries what its behaviour threw. */
export type ExitReason =
  | { readonly kind: 'normal' }
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'crashed'; readonly error: Error }
  | { readonly kind: 'no_such_actor' };

/** Why a message was not delivered. */
export type DeadLetterReason = 'actor_stopped' | 'mailbox_full' | 'dropped_oldest' | 'dropped_newest';

/** A message that nobody will receive. */
export interface DeadLetter {
  readonly to: string;
  readonly message: unknown;
  readonly reason: DeadLetterReason;
}

/** `tell` never throws and never blocks; a bounded mailbox with policy `reject` hands the message back. */
export type TellResult = 'accepted' | 'rejected' | 'stopped';

/** Address of an actor. Safe to keep after it ended: messages then become dead letters. */
export interface ActorRef<in Message> {
  readonly path: string;
  readonly tell: (message: Message) => TellResult;
}

export type AskFailure = Failure<'deadline' | 'actor_stopped' | 'rejected'>;

export type OverflowPolicy = 'reject' | 'drop-oldest' | 'drop-newest';

/** Bound of a mailbox and what happens to the message that does not fit. */
export interface MailboxOptions {
  readonly capacity: number;
  readonly overflow: OverflowPolicy;
}

export const defaultMailbox: MailboxOptions = { capacity: 10_000, overflow: 'reject' };

/** Tells a watcher that a watched actor ended. */
export interface Terminated {
  readonly path: string;
  readonly reason: ExitReason;
}

/** What a behaviour may do, besides returning its next state. Valid only while the actor lives. */
export interface Context<Message> {
  readonly self: ActorRef<Message>;
  readonly clock: Clock;
  readonly random: Random;
  /** Starts an unsupervised child that lives at most as long as this actor. */
  spawn<ChildMessage, ChildState>(
    name: string,
    behaviour: Behaviour<ChildMessage, ChildState>,
    options?: SpawnOptions,
  ): ActorRef<ChildMessage>;
  /** Ends a child (or any actor of this system) with reason `shutdown`. */
  stop(ref: ActorRef<never>): void;
  /** Ends this actor with reason `normal` after the current message. */
  stopSelf(): void;
  /** Death watch. `toMessage` words the notice as a message of this actor. At once if it is dead already. */
  watch(ref: ActorRef<never>, toMessage: (terminated: Terminated) => Message): void;
  unwatch(ref: ActorRef<never>): void;
  /** Sends `message` to this actor after the delay; a timer of the same key is replaced. */
  startTimer(key: string, delay_ms: number, message: Message): void;
  cancelTimer(key: string): void;
  /** Puts the current message aside; `unstashAll` brings all of them back in order, before new ones. */
  stash(): void;
  unstashAll(): void;
}

/** What an actor is: how it begins, how each message changes it, how it ends. */
export interface Behaviour<Message, State> {
  init(context: Context<Message>): State;
  receive(state: State, message: Message, context: Context<Message>): State;
  /** Releases what the actor holds; its children have ended. Called once, unless `init` threw; must not throw. */
  stopped?(state: State, reason: ExitReason): void;
}

export interface SpawnOptions {
  readonly mailbox?: MailboxOptions;
}

/** When a supervisor starts a child again: always, after a crash only, never. */
export type RestartType = 'permanent' | 'transient' | 'temporary';

/** Back-off before a restart: `min(max_ms, first_ms * 2^n)`, times 1 ± jitter. */
export interface Backoff {
  readonly first_ms: number;
  readonly max_ms: number;
  /** 0 … 1. */
  readonly jitter: number;
}

/** A child as data, validated before the first spawn. Heterogeneous children: see `child()`. */
export interface ChildSpec {
  readonly id: string;
  readonly start: (context: ChildContext) => ActorRef<never>;
  readonly restart: RestartType;
  readonly backoff?: Backoff;
}

/** Spawns the actor of a child spec under its supervisor. */
export interface ChildContext {
  spawn<Message, State>(behaviour: Behaviour<Message, State>, options?: SpawnOptions): ActorRef<Message>;
}

/** Which siblings share the fate of a child that died. */
export type Strategy = 'one_for_one' | 'rest_for_one';

/** More than `intensity` restarts within `period_ms` end the supervisor itself: it escalates. */
export interface SupervisorSpec {
  readonly strategy: Strategy;
  readonly intensity: number;
  readonly period_ms: number;
  readonly children: readonly ChildSpec[];
}

/** One row of the actor system's own bookkeeping (`leash_actors`). */
export interface ActorStatus {
  readonly path: string;
  readonly state: 'running' | 'restarting' | 'stopping';
  readonly mailbox_depth: number;
  readonly mailbox_high_water: number;
  readonly mailbox_capacity: number;
  readonly received: number;
  readonly dropped: number;
  readonly restarts: number;
  readonly started_unix_ms: number;
}

/** Events of the system, for logs: fan-out through an EventEmitter3. */
export interface ActorSystemEvents {
  deadLetter: (letter: DeadLetter) => void;
  crashed: (path: string, error: Error) => void;
  restarted: (path: string, restarts: number) => void;
  escalated: (path: string, reason: ExitReason) => void;
}

/** Runs actors. Made by `createActorSystem` in system.ts. */
export interface ActorSystem {
  readonly clock: Clock;
  readonly random: Random;
  /** Starts a top-level actor. */
  spawn<Message, State>(
    name: string,
    behaviour: Behaviour<Message, State>,
    options?: SpawnOptions,
  ): ActorRef<Message>;
  /** Starts a supervisor with its children; the ref answers to no user message. */
  supervise(name: string, spec: SupervisorSpec): ActorRef<never>;
  /**
   * Sends the message that `toMessage` makes around a reply address and waits for one reply.
   * Fails when the deadline passes, the actor ends, or its mailbox rejects.
   */
  ask<Message, Reply>(
    ref: ActorRef<Message>,
    toMessage: (replyTo: ActorRef<Reply>) => Message,
    deadline_ms: number,
  ): Promise<Result<Reply, AskFailure>>;
  on<Event extends keyof ActorSystemEvents>(event: Event, listener: ActorSystemEvents[Event]): () => void;
  status(): readonly ActorStatus[];
  /** Stops every actor, children before parents, and resolves when all have ended. */
  stop(): Promise<void>;
}
