import type { OpenChannel } from '../platform/channel.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { Failure, Result } from '../protocol/result.ts';
import type { NodeOptions, RemoteNode } from './remote/types.ts';
import type { SupervisorSpec } from './supervisor-spec.ts';

/**
 * Why an actor ended. `normal` and `shutdown` are orderly; `crashed` carries what its behaviour threw; `killed`
 * could not be refused; `no_such_actor` is said of a ref behind which there never was one, `noconnection` of an actor
 * of another process that cannot be reached any more: what became of it is not known.
 */
export type ExitReason =
  | { readonly kind: 'normal' }
  | { readonly kind: 'shutdown' }
  | { readonly kind: 'crashed'; readonly error: Error }
  | { readonly kind: 'killed' }
  | { readonly kind: 'no_such_actor' }
  | { readonly kind: 'noconnection' };

/**
 * Why a message was not delivered. `asker_left` is an answer that came after its deadline or was cancelled. The last
 * six are said of messages to or from another process, which remote/types.ts tells more of.
 */
export type DeadLetterReason =
  | 'actor_stopped'
  | 'mailbox_full'
  | 'dropped_oldest'
  | 'dropped_newest'
  | 'stash_full'
  | 'asker_left'
  | 'noconnection'
  | 'outbox_full'
  | 'not_portable'
  | 'too_large'
  | 'too_many_refs'
  | 'no_such_name';

/** A message that nobody will receive. */
export interface DeadLetter {
  readonly to: string;
  readonly message: unknown;
  readonly reason: DeadLetterReason;
}

/** `tell` never throws and never blocks; after `rejected` and `stopped` the sender still has its message. */
export type TellResult = 'accepted' | 'rejected' | 'stopped';

/** Address of an actor. Safe to keep after it ended: messages then become dead letters. */
export interface ActorRef<in Message> {
  readonly path: string;
  readonly tell: (message: Message) => TellResult;
}

export type AskFailure = Failure<'deadline' | 'actor_stopped' | 'rejected' | 'cancelled' | 'noconnection'>;

export type OverflowPolicy = 'reject' | 'drop-oldest' | 'drop-newest';

/** Bound of a mailbox and what happens to the message that does not fit. It bounds the stash too. */
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

/** Tells an actor that traps exits that it is to end: its parent stops it, or a linked actor ended. */
export interface ExitSignal {
  readonly from: string;
  readonly reason: ExitReason;
}

/**
 * How long an actor may take to end when it is asked to, its children included; then it is killed. `brutal_kill`
 * does not ask. An actor that does not trap exits ends at once by itself.
 */
export type Shutdown = number | 'brutal_kill' | 'infinity';

/** What OTP gives a worker. */
export const defaultShutdown_ms: Shutdown = 5000;

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
  /** Asks a child (or any actor of this system) to end with reason `shutdown`, within its shutdown time. */
  stop(ref: ActorRef<never>): void;
  /** Ends an actor and all below it. It is not asked. */
  kill(ref: ActorRef<never>): void;
  /** Ends this actor after the current message, with reason `normal` unless told otherwise. */
  stopSelf(reason?: 'normal' | 'shutdown'): void;
  /**
   * Death watch. `toMessage` words the notice as a message of this actor, which is received before all user
   * messages and never lost to a full mailbox. At once if the actor is dead already.
   */
  watch(ref: ActorRef<never>, toMessage: (terminated: Terminated) => Message): void;
  unwatch(ref: ActorRef<never>): void;
  /**
   * Ties two fates: if either ends with another reason than `normal`, so does the other, unless it traps exits.
   * A link to a dead actor is answered at once.
   */
  link(ref: ActorRef<never>): void;
  unlink(ref: ActorRef<never>): void;
  /**
   * Asks another actor. What comes of it is received as a message of this one, like a death notice. Returns what
   * cancels the question: then nothing is received. It is cancelled when this actor ends.
   */
  ask<OtherMessage, Reply>(
    ref: ActorRef<OtherMessage>,
    toQuestion: (replyTo: ActorRef<Reply>) => OtherMessage,
    deadline_ms: number,
    toMessage: (answer: Result<Reply, AskFailure>) => Message,
  ): () => void;
  /**
   * Sends `message` to this actor after the delay; a timer of the same key is replaced. A full mailbox takes it
   * all the same, so that no chain of timers breaks.
   */
  startTimer(key: string, delay_ms: number, message: Message): void;
  /** What is in the mailbox already is not called back. */
  cancelTimer(key: string): void;
  /** Puts the current message aside; `unstashAll` brings all of them back in order, before new ones. */
  stash(): void;
  unstashAll(): void;
}

/** What an actor is: how it begins, how each message changes it, how it ends. */
export interface Behaviour<Message, State> {
  /** What throws here or in `receive` ends the actor with reason `crashed`. */
  init(context: Context<Message>): State;
  receive(state: State, message: Message, context: Context<Message>): State;
  /**
   * Makes this actor trap exits: instead of ending, it receives what this returns, before all user messages, and
   * ends itself when it is ready.
   */
  trapExit?(signal: ExitSignal): Message;
  /**
   * Releases what the actor holds; its children have ended. Called once however the actor ends, unless `init`
   * threw; must not throw.
   */
  stopped?(state: State, reason: ExitReason): void;
  /** A few words on the state, for the printed tree; must not throw. */
  describe?(state: State): string;
  /** Unless the spawn says otherwise; `defaultShutdown_ms` when neither does. */
  readonly shutdown_ms?: Shutdown;
}

export interface SpawnOptions {
  readonly mailbox?: MailboxOptions;
  readonly shutdown_ms?: Shutdown;
  /** How many lives it had before this one. Supervisors count. */
  readonly restarts?: number;
}

/** One row of the actor system's own bookkeeping (`leash_actors`). */
export interface ActorStatus {
  readonly path: string;
  readonly state: 'running' | 'stopping';
  readonly mailbox_depth: number;
  readonly mailbox_high_water: number;
  readonly mailbox_capacity: number;
  readonly received: number;
  readonly dropped: number;
  readonly restarts: number;
  readonly started_unix_ms: number;
  /** What the behaviour says of itself; empty when it says nothing. */
  readonly note: string;
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
  /** Starts a top-level actor. Throws when the name is taken. */
  spawn<Message, State>(
    name: string,
    behaviour: Behaviour<Message, State>,
    options?: SpawnOptions,
  ): ActorRef<Message>;
  /** Starts a supervisor with its children; the ref answers to no user message. */
  supervise(name: string, spec: SupervisorSpec): ActorRef<never>;
  /**
   * Sends the message that `toMessage` makes around a reply address and waits for one reply.
   * Fails when the deadline passes, the actor ends, its mailbox rejects, or `cancel` is aborted.
   */
  ask<Message, Reply>(
    ref: ActorRef<Message>,
    toMessage: (replyTo: ActorRef<Reply>) => Message,
    deadline_ms: number,
    cancel?: AbortSignal,
  ): Promise<Result<Reply, AskFailure>>;
  /** Speaks with the actors of another process over a channel. See remote/types.ts. */
  connect(open: OpenChannel, options: NodeOptions): RemoteNode;
  on<Event extends keyof ActorSystemEvents>(event: Event, listener: ActorSystemEvents[Event]): () => void;
  /** Every actor, parents before their children. */
  status(): readonly ActorStatus[];
  /** Stops every actor, children before parents, and resolves when all have ended; then hangs up on other processes. */
  stop(): Promise<void>;
}

export type {
  NodeDown,
  NodeOptions,
  NodeStatus,
  OutboxOptions,
  Portable,
  RemoteNode,
} from './remote/types.ts';
export type {
  AutoShutdown,
  Backoff,
  ChildContext,
  ChildSpec,
  DynamicOrder,
  DynamicSupervisorSpec,
  RestartType,
  StartFailure,
  Strategy,
  SupervisorSpec,
} from './supervisor-spec.ts';
