import { EventEmitter } from 'eventemitter3';
import type { OpenChannel } from '../platform/channel.ts';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { Result } from '../protocol/result.ts';
import { PendingAsk } from './ask.ts';
import { Cell } from './cell.ts';
import { Children } from './children.ts';
import { Deadlines } from './deadlines.ts';
import { Dispatcher } from './dispatcher.ts';
import { Node } from './remote/node.ts';
import type { AnyCell, Runtime } from './runtime.ts';
import { supervisor } from './supervisor.ts';
import type {
  ActorRef,
  ActorStatus,
  ActorSystem,
  ActorSystemEvents,
  AskFailure,
  Behaviour,
  NodeOptions,
  RemoteNode,
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
  readonly #tops = new Children();
  readonly #runtime: Runtime;
  readonly #nodes = new Set<Node>();
  #onEmpty: (() => void)[] = [];

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
    this.#runtime = {
      clock,
      random,
      events: this.#events,
      deadlines: new Deadlines(clock),
      dispatch: new Dispatcher(clock).dispatch,
      ended: (cell) => this.#ended(cell),
    };
  }

  spawn<Message, State>(
    name: string,
    behaviour: Behaviour<Message, State>,
    options: SpawnOptions = {},
  ): ActorRef<Message> {
    const cell = new Cell(this.#runtime, `/${name}`, behaviour, options, undefined);
    this.#tops.add(name, cell);
    cell.begin();
    return cell.ref;
  }

  supervise(name: string, spec: SupervisorSpec): ActorRef<never> {
    return this.spawn(name, supervisor(spec));
  }

  ask<Message, Reply>(
    ref: ActorRef<Message>,
    toMessage: (replyTo: ActorRef<Reply>) => Message,
    deadline_ms: number,
    cancel?: AbortSignal,
  ): Promise<Result<Reply, AskFailure>> {
    return new Promise((resolve) => {
      if (cancel === undefined) {
        new PendingAsk<Message, Reply>(this.#runtime, ref, deadline_ms, resolve).send(toMessage);
        return;
      }
      const pending = new PendingAsk<Message, Reply>(this.#runtime, ref, deadline_ms, (answer) => {
        cancel.removeEventListener('abort', aborted);
        resolve(answer);
      });
      const aborted = (): void => pending.cancel();
      cancel.addEventListener('abort', aborted);
      if (cancel.aborted) pending.cancel();
      else pending.send(toMessage);
    });
  }

  connect(open: OpenChannel, options: NodeOptions): RemoteNode {
    const node = new Node(this.#runtime, open, options);
    this.#nodes.add(node);
    void node.down.then(() => this.#nodes.delete(node));
    return node;
  }

  on<Event extends keyof ActorSystemEvents>(event: Event, listener: ActorSystemEvents[Event]): () => void {
    const handler = listener as EventEmitter.EventListener<ActorSystemEvents, Event>;
    this.#events.on(event, handler);
    return () => this.#events.off(event, handler);
  }

  status(): readonly ActorStatus[] {
    return this.#tops.descendants().map((cell) => cell.status());
  }

  async stop(): Promise<void> {
    if (this.#tops.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onEmpty.push(resolve);
      for (const top of this.#tops.all()) top.signal({ kind: 'stop', from: '/' });
      await promise;
    }
    for (const node of this.#nodes) node.disconnect();
  }

  #ended(cell: AnyCell): void {
    this.#tops.remove(cell);
    if (this.#tops.size > 0) return;
    for (const resolve of this.#onEmpty) resolve();
    this.#onEmpty = [];
  }
}
