import type { Failure } from '../../protocol/result.ts';
import type { ActorRef, MailboxOptions } from '../types.ts';

/**
 * What can travel: null, booleans, finite numbers, strings, arrays and plain objects of these, and refs; `undefined`
 * only as a property, which then is missing. Whatever else a type holds is `never` here: a message that has it does
 * not compile.
 */
export type Portable<T> = unknown extends T
  ? never
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends ActorRef<never>
      ? T
      : T extends bigint | symbol | ((...args: never) => unknown)
        ? never
        : { [Key in keyof T]: Portable<T[Key]> };

/** What waits until the channel takes it. A message that alone is larger than all that may wait finds room when none does. */
export interface OutboxOptions extends MailboxOptions {
  /** Bytes of encoded messages. */
  readonly capacity_bytes: number;
}

/** How one end speaks with the other. Both ends choose for themselves. */
export interface NodeOptions {
  /** What this end calls the other one: the paths of its actors begin with it. */
  readonly name: string;
  /** Identity of the program, which must be the same at both ends: refs have the types of one build. Empty by default. */
  readonly build?: string;
  /** 10,000 messages and 16 MiB, `reject`, by default. */
  readonly outbox?: OutboxOptions;
  /** Longest message that this end takes; 8 MiB by default, up to 256 MiB. The other end is told and sends none that is longer. */
  readonly maxMessage_bytes?: number;
  /** How many actors, reply addresses and names each end may know of the other at once; 100,000 by default. */
  readonly maxRefs?: number;
  /** How long the other end may take to say hello; 5 s by default. */
  readonly hello_ms?: number;
}

/**
 * Why the other end cannot be reached any more: this end hung up; the other one did, or died; it said nothing; it is
 * of another version or build; it sent what cannot be understood or is beyond a limit; it reads nothing, while more
 * than 16 MiB of what it cannot do without (ends, links, orders to end) wait for it.
 */
export type NodeDown = Failure<
  'disconnected' | 'closed' | 'silent' | 'version_mismatch' | 'build_mismatch' | 'violation' | 'stalled'
>;

/** The bookkeeping of one end. */
export interface NodeStatus {
  readonly phase: 'greeting' | 'up' | 'down';
  readonly outbox_depth: number;
  readonly outbox_bytes: number;
  /** Messages that the channel took, and that were delivered here. */
  readonly sent: number;
  readonly received: number;
  /** Messages that became dead letters at this end. */
  readonly dropped: number;
  /** Actors and reply addresses of this end that the other one knows, and its actors that are known here. */
  readonly exported: number;
  readonly imported: number;
}

/** Another process with actors, as Erlang's nodes are to each other. */
export interface RemoteNode {
  readonly name: string;
  /**
   * Lets the other end address `ref` by a name; a later ref takes the name over. Whoever has the address may also watch
   * the actor, link to it, and order it to end.
   */
  expose(name: string, ref: ActorRef<never>): void;
  /**
   * The address of what the other end exposes by this name: at each message of what it exposes then. It can be used
   * at once, and watched: of a name that nobody has, the watcher hears `no_such_actor`.
   */
  remote<Message>(name: string): ActorRef<Portable<Message>>;
  /**
   * Resolves when the outbox is half empty, at once if it is, or when the connection is lost: for a sender that was
   * rejected and has more to say.
   */
  room(): Promise<void>;
  status(): NodeStatus;
  /** Sends what the channel takes at once and hangs up. What is left becomes dead letters. */
  disconnect(): void;
  /** Resolves, and never rejects, when the other end cannot be reached any more. */
  readonly down: Promise<NodeDown>;
}
