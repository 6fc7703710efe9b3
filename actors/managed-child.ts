import { backoff_ms } from './backoff.ts';
import { ChildRef, subjectOf } from './ref.ts';
import type { Backoff, ChildContext, RestartType } from './supervisor-spec.ts';
import type {
  ActorRef,
  Behaviour,
  Context,
  ExitReason,
  Shutdown,
  SpawnOptions,
  Terminated,
} from './types.ts';

/** `down` waits for its restart; `finished` has ended for good. */
type ChildPhase = 'running' | 'stopping' | 'down' | 'finished';

/** What the two kinds of supervisors know of how a child lives. */
interface ChildRules {
  readonly id: string;
  readonly restart: RestartType;
  readonly backoff?: Backoff;
  readonly shutdown_ms?: Shutdown;
  readonly start: (context: ChildContext) => ActorRef<never>;
}

/** Says that the present life of a child is over. Each life says so once, before the next one begins. */
export interface ChildEnded {
  readonly type: 'child_ended';
  readonly id: string;
  readonly terminated: Terminated;
}

/** A child across its lives, as its supervisor keeps it. */
export class ManagedChild {
  readonly id: string;
  phase: ChildPhase = 'down';
  readonly #rules: ChildRules;
  /** The actor of the present life. */
  #present: ActorRef<never> | undefined;
  /** The address that others keep across restarts. */
  #stable: ChildRef<never> | undefined;
  /** Undefined before the first life. */
  #restarts: number | undefined;
  #started_ms = 0;
  #shortLives = 0;
  #wait_ms = 0;

  constructor(rules: ChildRules) {
    this.id = rules.id;
    this.#rules = rules;
  }

  /** How long its restart has to wait since it ended. */
  get wait_ms(): number {
    return this.#wait_ms;
  }

  get restart(): RestartType {
    return this.#rules.restart;
  }

  /** Whether this is the address of the child, in any of its lives. */
  answersTo(ref: ActorRef<never>): boolean {
    return ref === this.#stable || ref === this.#present;
  }

  comesBack(reason: ExitReason): boolean {
    const orderly = reason.kind === 'normal' || reason.kind === 'shutdown';
    return this.restart === 'permanent' || (this.restart === 'transient' && !orderly);
  }

  /**
   * Begins the next life. A `start` that throws or spawns nothing counts as a life that crashed at once, and what
   * it spawned all the same is ended. Returns why the child did not come up, if it did not.
   */
  begin(context: Context<ChildEnded>): Error | undefined {
    const { id } = this;
    this.#restarts = this.#restarts === undefined ? 0 : this.#restarts + 1;
    this.#present = undefined;
    this.#started_ms = context.clock.monotonicMs();
    this.#wait_ms = 0;
    this.phase = 'running';
    const failure = this.#start(context);
    const present =
      this.#present ?? context.spawn(id, crashing(failure ?? new Error(`${id} spawned no actor`)));
    context.watch(present, (terminated) => {
      const reason =
        failure === undefined ? terminated.reason : ({ kind: 'crashed', error: failure } as const);
      return { type: 'child_ended', id, terminated: { path: terminated.path, reason } };
    });
    if (failure !== undefined) context.kill(present);
    const exit = subjectOf(present)?.exit;
    return failure ?? (exit?.kind === 'crashed' ? exit.error : undefined);
  }

  /** Asks the present life to end. */
  stop(context: Context<ChildEnded>): void {
    this.phase = 'stopping';
    if (this.#present !== undefined) context.stop(this.#present);
  }

  /** It has to be restarted: how long until then depends on how many lives in a row were shorter than `period_ms`. */
  wentDown(now_ms: number, period_ms: number, fraction: number): void {
    this.phase = 'down';
    this.#shortLives = now_ms - this.#started_ms > period_ms ? 1 : this.#shortLives + 1;
    const { backoff } = this.#rules;
    this.#wait_ms = backoff === undefined ? 0 : backoff_ms(backoff, this.#shortLives, fraction);
  }

  #start(context: Context<ChildEnded>): Error | undefined {
    try {
      this.#rules.start({
        spawn: (behaviour, options) => this.#spawn(context, behaviour, options),
      });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #spawn<Message, State>(
    context: Context<ChildEnded>,
    behaviour: Behaviour<Message, State>,
    options: SpawnOptions = {},
  ): ActorRef<Message> {
    const { shutdown_ms } = this.#rules;
    const ref = context.spawn(this.id, behaviour, {
      ...options,
      ...(shutdown_ms === undefined ? {} : { shutdown_ms }),
      restarts: this.#restarts ?? 0,
    });
    this.#present = ref;
    if (this.#stable === undefined) {
      const stable = new ChildRef(ref);
      this.#stable = stable;
      return stable;
    }
    // The rules' `start` spawns the same behaviour in every life, so the message type is the same too.
    const stable = this.#stable as unknown as ChildRef<Message>;
    stable.becomes(ref);
    return stable;
  }
}

/** Stands for a child that did not come up, so that its crash is seen like any other. */
const crashing = (error: Error): Behaviour<never, never> => ({
  init: () => {
    throw error;
  },
  receive: (state) => state,
});
