import { EventEmitter } from 'eventemitter3';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { fail, ok, type Result } from '../protocol/result.ts';
import { type AnyCell, Cell } from './cell.ts';
import { Dispatcher } from './dispatcher.ts';
import { cellOf } from './ref.ts';
import type { Runtime } from './runtime.ts';
import { supervisorBehaviour } from './supervisor.ts';
import type {
  ActorRef,
  ActorSystem,
  ActorSystemEvents,
  AskFailure,
  Behaviour,
  SpawnOptions,
  SupervisorSpec,
} from './types.ts';

/** Makes an actor system over a clock and a source of randomness. */
export const createActorSystem = (deps: { readonly clock: Clock; readonly random: Random }): ActorSystem =>
  new System(deps.clock, deps.random);

class System implements ActorSystem {
  readonly clock: Clock;
  readonly random: Random;
  readonly #events = new EventEmitter<ActorSystemEvents>();
  readonly #restarts = new Map<string, number>();
  readonly #tops = new Map<string, AnyCell>();
  readonly #runtime: Runtime;
  #onEmpty: (() => void) | undefined;

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
    this.#runtime = {
      clock,
      random,
      events: this.#events,
      dispatch: new Dispatcher(clock).dispatch,
      restartsOf: (path) => this.#restarts.get(path) ?? 0,
      ended: (cell) => this.#ended(cell),
    };
  }

  spawn<Message, State>(
    name: string,
    behaviour: Behaviour<Message, State>,
    options: SpawnOptions = {},
  ): ActorRef<Message> {
    const path = `/${name}`;
    if (this.#tops.has(path)) throw new Error(`an actor is called '${path}' already`);
    const cell = new Cell(this.#runtime, path, behaviour, options, undefined);
    this.#tops.set(path, cell);
    cell.begin();
    return cell.ref;
  }

  supervise(name: string, spec: SupervisorSpec): ActorRef<never> {
    const behaviour = supervisorBehaviour(spec, {
      restarted: (path) => {
        const restarts = (this.#restarts.get(path) ?? 0) + 1;
        this.#restarts.set(path, restarts);
        this.#events.emit('restarted', path, restarts);
      },
      escalated: (path, reason) => this.#events.emit('escalated', path, reason),
    });
    return this.spawn(name, behaviour);
  }

  ask<Message, Reply>(
    ref: ActorRef<Message>,
    toMessage: (replyTo: ActorRef<Reply>) => Message,
    deadline_ms: number,
  ): Promise<Result<Reply, AskFailure>> {
    return new Promise((resolve) => {
      let open = true;
      const settle = (result: Result<Reply, AskFailure>): void => {
        open = false;
        timer.cancel();
        unwatch?.();
        resolve(result);
      };
      const timer = this.clock.after(deadline_ms, () =>
        settle(fail({ reason: 'deadline', message: `${ref.path} did not answer within ${deadline_ms} ms` })),
      );
      const stopped = (): void =>
        settle(fail({ reason: 'actor_stopped', message: `${ref.path} ended before it answered` }));
      const unwatch = cellOf(ref)?.onEnd(() => open && stopped());
      const reply: ActorRef<Reply> = {
        path: `${ref.path}?`,
        tell: (message) => {
          if (!open) return 'stopped';
          settle(ok(message));
          return 'accepted';
        },
      };
      const told = ref.tell(toMessage(reply));
      if (told === 'stopped' && open) stopped();
      if (told === 'rejected' && open) {
        settle(fail({ reason: 'rejected', message: `the mailbox of ${ref.path} is full` }));
      }
    });
  }

  on<Event extends keyof ActorSystemEvents>(event: Event, listener: ActorSystemEvents[Event]): () => void {
    const handler = listener as EventEmitter.EventListener<ActorSystemEvents, Event>;
    this.#events.on(event, handler);
    return () => this.#events.off(event, handler);
  }

  status(): ReturnType<ActorSystem['status']> {
    return [...this.#tops.values()]
      .flatMap((top) => [top, ...top.descendants()])
      .map((cell) => cell.status());
  }

  stop(): Promise<void> {
    if (this.#tops.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
      for (const top of this.#tops.values()) top.signal({ kind: 'stop', reason: { kind: 'shutdown' } });
    });
  }

  #ended(cell: AnyCell): void {
    if (this.#tops.get(cell.path) !== cell) return;
    this.#tops.delete(cell.path);
    if (this.#tops.size === 0) this.#onEmpty?.();
  }
}
