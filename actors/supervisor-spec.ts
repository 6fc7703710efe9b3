import type { Failure, Result } from '../protocol/result.ts';
import type { ActorRef, Behaviour, Shutdown, SpawnOptions } from './types.ts';

/** When a supervisor starts a child again: always, after an end that was not orderly, never. */
export type RestartType = 'permanent' | 'transient' | 'temporary';

/** Back-off before a restart: `min(max_ms, first_ms * 2^n)` after n+1 short lives in a row, times 1 ± jitter. */
export interface Backoff {
  readonly first_ms: number;
  readonly max_ms: number;
  /** 0 … 1. */
  readonly jitter: number;
}

/** A child as data, validated before the first spawn. */
export interface ChildSpec {
  readonly id: string;
  /** Spawns the child. If it throws, that counts as a child that crashed at once. */
  readonly start: (context: ChildContext) => ActorRef<never>;
  readonly restart: RestartType;
  readonly backoff?: Backoff;
  readonly shutdown_ms?: Shutdown;
  /** Its own end, if it is not restarted, may end the supervisor: see `autoShutdown`. Never with `permanent`. */
  readonly significant?: boolean;
}

/** Spawns the actor of a child spec under its supervisor. */
export interface ChildContext {
  spawn<Message, State>(behaviour: Behaviour<Message, State>, options?: SpawnOptions): ActorRef<Message>;
}

/**
 * Which siblings share the fate of a child that has to be restarted: none, all, or those that were started after
 * it. They are stopped youngest first and started in order.
 */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one';

/** Whether the supervisor ends, in order, when one or all of its significant children have ended for good. */
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant';

/** More than `intensity` restarts within `period_ms` end the supervisor itself: it escalates. */
export interface SupervisorSpec {
  readonly strategy: Strategy;
  readonly intensity: number;
  readonly period_ms: number;
  readonly children: readonly ChildSpec[];
  /** `never` unless given. */
  readonly autoShutdown?: AutoShutdown;
}

/** A supervisor whose children are alike, come and go while it runs, and are restarted one for one. */
export interface DynamicSupervisorSpec<Args, ChildMessage> {
  readonly start: (args: Args, context: ChildContext) => ActorRef<ChildMessage>;
  readonly restart: RestartType;
  readonly intensity: number;
  readonly period_ms: number;
  /** One more is refused. */
  readonly maxChildren: number;
  readonly backoff?: Backoff;
  readonly shutdown_ms?: Shutdown;
}

export type StartFailure = Failure<'max_children' | 'start_failed'>;

/** What a dynamic supervisor is told. A child that does not come up at its first start is not kept. */
export type DynamicOrder<Args, ChildMessage> =
  | {
      readonly type: 'start_child';
      readonly args: Args;
      readonly replyTo?: ActorRef<Result<ActorRef<ChildMessage>, StartFailure>>;
    }
  /** Ends a child for good; of a child that is not (or no longer) here nothing is said. */
  | { readonly type: 'terminate_child'; readonly child: ActorRef<ChildMessage> };
