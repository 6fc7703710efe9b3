import type { Timer } from '../platform/clock.ts';
import { BehaviourRunner } from './behaviour-runner.ts';
import { Bonds } from './bonds.ts';
import { CellContext } from './cell-context.ts';
import { Children } from './children.ts';
import { Crowd, type Member } from './crowd.ts';
import { Escalation } from './escalation.ts';
import { Inbox } from './inbox.ts';
import { LifeRef } from './ref.ts';
import type { AnyCell, Phase, Runtime, Signal } from './runtime.ts';
import { Timers } from './timers.ts';
import {
  type ActorRef,
  type ActorStatus,
  type Behaviour,
  defaultShutdown_ms,
  type ExitReason,
  type ExitSignal,
  type Shutdown,
  type SpawnOptions,
  type TellResult,
} from './types.ts';

/** Besides what others signal: its own wish to end, and messages that neither wait in line nor get lost. */
type OwnSignal<Message> =
  | { readonly kind: 'leave'; readonly reason: ExitReason }
  | { readonly kind: 'notice'; readonly toMessage: () => Message };

/** A question of this actor that waits for its answer. */
interface OwnAsk extends Member {
  cancel(): void;
}

/** One actor: its mailbox, its state, its children, and the order in which it ends. */
export class Cell<Message, State> implements AnyCell {
  readonly path: string;
  readonly ref: ActorRef<Message>;
  readonly runtime: Runtime;
  readonly bonds: Bonds<Message>;
  readonly timers: Timers;
  readonly #runner: BehaviourRunner<Message, State>;
  readonly #restarts: number;
  readonly #shutdown_ms: Shutdown;
  readonly #inbox: Inbox<Message>;
  readonly #parent: AnyCell | undefined;
  readonly #children = new Children();
  readonly #started_unix_ms: number;
  readonly #asks = new Crowd<OwnAsk>();
  #signals: (Signal | OwnSignal<Message>)[] = [];
  #phase: Phase = 'running';
  #exit: ExitReason | undefined;
  #asked = false;
  #overdue: Timer | undefined;
  #brutal = false;
  #queued = false;

  constructor(
    runtime: Runtime,
    path: string,
    behaviour: Behaviour<Message, State>,
    options: SpawnOptions,
    parent: AnyCell | undefined,
  ) {
    this.runtime = runtime;
    this.path = path;
    this.#restarts = options.restarts ?? 0;
    this.#shutdown_ms = options.shutdown_ms ?? behaviour.shutdown_ms ?? defaultShutdown_ms;
    this.#inbox = new Inbox(path, runtime.events, options.mailbox);
    this.#parent = parent;
    this.#started_unix_ms = runtime.clock.unixMs();
    this.timers = new Timers(runtime.clock);
    this.bonds = new Bonds(this);
    this.ref = new LifeRef(this);
    this.#runner = new BehaviourRunner(behaviour, new CellContext(this));
  }

  get phase(): Phase {
    return this.#phase;
  }

  get exit(): ExitReason | undefined {
    return this.#exit;
  }

  /** Runs `init`. One that throws ends the actor like a crash: no half-alive actor remains. */
  begin(): void {
    if (this.#restarts > 0) this.runtime.events.emit('restarted', this.path, this.#restarts);
    this.#survive(this.#runner.begin());
  }

  tell(message: Message): TellResult {
    if (this.#phase !== 'running') {
      this.#inbox.lose(message, 'actor_stopped');
      return 'stopped';
    }
    const told = this.#inbox.put(message);
    this.#wake();
    return told;
  }

  /** Its own timer: the message waits in line, but does not get lost. */
  tellSelf(message: Message): void {
    if (this.#phase !== 'running') return;
    this.#inbox.mailbox.append(message);
    this.#wake();
  }

  /** Received before everything in the mailbox; worded in this actor's own turn, so that it answers for a throw. */
  notice(toMessage: () => Message): void {
    this.#push({ kind: 'notice', toMessage });
  }

  leave(reason: ExitReason): void {
    this.#push({ kind: 'leave', reason });
  }

  signal(signal: Signal): void {
    this.#push(signal);
  }

  /** Takes up to `budget` messages; returns how many it took. Called by the dispatcher only. */
  turn(budget: number): number {
    const { mailbox } = this.#inbox;
    let taken = 0;
    while (taken < budget) {
      if (this.#signals.length > 0) this.#takeSignals();
      else if (this.#phase === 'running' && mailbox.depth > 0)
        this.#survive(this.#runner.receive(mailbox.take()));
      else break;
      taken += 1;
    }
    this.#queued = false;
    if (this.#signals.length > 0 || (this.#phase === 'running' && mailbox.depth > 0)) this.#wake();
    return taken;
  }

  status(): ActorStatus {
    const { mailbox, dropped } = this.#inbox;
    return {
      path: this.path,
      state: this.#phase === 'running' && !this.#asked ? 'running' : 'stopping',
      mailbox_depth: mailbox.depth,
      mailbox_high_water: mailbox.highWater,
      mailbox_capacity: mailbox.capacity,
      received: this.#runner.received,
      dropped,
      restarts: this.#restarts,
      started_unix_ms: this.#started_unix_ms,
      note: this.#runner.describe(),
    };
  }

  descendants(): readonly AnyCell[] {
    return this.#children.descendants();
  }

  spawn<ChildMessage, ChildState>(
    name: string,
    behaviour: Behaviour<ChildMessage, ChildState>,
    options: SpawnOptions = {},
  ): ActorRef<ChildMessage> {
    if (this.#phase !== 'running') throw new Error(`${this.path} is ending and has no more children`);
    const child = new Cell(this.runtime, `${this.path}/${name}`, behaviour, options, this);
    this.#children.add(name, child);
    child.begin();
    return child.ref;
  }

  forget(child: AnyCell): void {
    this.#children.remove(child);
  }

  /** Keeps a pending question, to cancel it when this actor ends. */
  addAsk(ask: OwnAsk): void {
    this.#asks.join(ask);
  }

  removeAsk(ask: OwnAsk): void {
    this.#asks.leave(ask);
  }

  stash(): void {
    this.#inbox.stash(this.#runner.current());
  }

  unstashAll(): void {
    this.#inbox.unstashAll();
    this.#wake();
  }

  #push(signal: Signal | OwnSignal<Message>): void {
    if (this.#phase === 'ended') return;
    this.#signals.push(signal);
    this.#wake();
  }

  #wake(): void {
    if (this.#queued) return;
    this.#queued = true;
    this.runtime.dispatch(this);
  }

  #takeSignals(): void {
    const signals = this.#signals;
    this.#signals = [];
    for (const signal of signals) this.#takeSignal(signal);
  }

  #takeSignal(signal: Signal | OwnSignal<Message>): void {
    switch (signal.kind) {
      case 'stop':
        return this.#askedToStop(signal.from);
      case 'exit':
        return this.#linkedEnded(signal);
      case 'kill':
        return this.#kill();
      case 'leave':
        return this.#beginStop(this.#asked ? { kind: 'shutdown' } : signal.reason);
      case 'notice':
        if (this.#phase === 'running') this.#survive(this.#runner.receiveWorded(signal.toMessage));
        return;
      case 'child_ended':
        if (this.#phase === 'stopping') this.#stopNextChild();
    }
  }

  #askedToStop(from: string): void {
    if (this.#asked || this.#phase !== 'running') return;
    this.#asked = true;
    const reason: ExitReason = { kind: 'shutdown' };
    if (this.#shutdown_ms === 'brutal_kill') this.#kill();
    else if (this.#runner.trapsExits) this.#survive(this.#runner.trap({ from, reason }));
    else this.#beginStop(reason);
    this.#limitShutdown();
  }

  #limitShutdown(): void {
    if (this.#phase === 'ended' || typeof this.#shutdown_ms !== 'number') return;
    this.#overdue = this.runtime.clock.after(this.#shutdown_ms, () => this.signal({ kind: 'kill' }));
  }

  #linkedEnded({ from, reason }: ExitSignal): void {
    if (this.#phase !== 'running') return;
    if (this.#runner.trapsExits) this.#survive(this.#runner.trap({ from, reason }));
    else if (reason.kind !== 'normal') this.#beginStop(reason);
  }

  #kill(): void {
    this.#brutal = true;
    if (this.#phase === 'running') return this.#beginStop({ kind: 'killed' });
    this.#exit = { kind: 'killed' };
    this.#stopNextChild();
  }

  /** What the behaviour threw, if it threw, is the end of this actor. */
  #survive(error: Error | undefined): void {
    if (error === undefined) return;
    this.runtime.events.emit('crashed', this.path, error);
    if (error instanceof Escalation) this.runtime.events.emit('escalated', this.path, error.reason);
    this.#beginStop({ kind: 'crashed', error });
  }

  /** Children end before their parent, the youngest first, one after another. */
  #beginStop(reason: ExitReason): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'stopping';
    this.#exit = reason;
    this.timers.cancelAll();
    this.bonds.unwatchAll();
    for (const ask of this.#asks.disperse()) ask.cancel();
    this.#children.beginLeaving();
    this.#stopNextChild();
  }

  #stopNextChild(): void {
    const child = this.#children.nextToLeave();
    if (child === undefined) this.#end();
    else child.signal(this.#brutal ? { kind: 'kill' } : { kind: 'stop', from: this.path });
  }

  #end(): void {
    const reason = this.#exit ?? { kind: 'normal' };
    this.#phase = 'ended';
    this.#overdue?.cancel();
    const error = this.#runner.release(reason);
    if (error !== undefined) this.runtime.events.emit('crashed', this.path, error);
    this.#inbox.close();
    this.#signals = [];
    this.#parent?.forget(this);
    this.bonds.ended(reason);
    this.runtime.ended(this);
    this.#parent?.signal({ kind: 'child_ended' });
  }
}
