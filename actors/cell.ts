import type { Timer } from '../platform/clock.ts';
import { Mailbox } from './mailbox.ts';
import { cellOf, LocalRef } from './ref.ts';
import type { Runtime } from './runtime.ts';
import {
  type ActorRef,
  type ActorStatus,
  type Behaviour,
  type Context,
  type DeadLetterReason,
  defaultMailbox,
  type ExitReason,
  type SpawnOptions,
  type TellResult,
  type Terminated,
} from './types.ts';

/** What a cell is told besides user messages; taken before them. */
type Signal = { readonly kind: 'stop'; readonly reason: ExitReason } | { readonly kind: 'child_ended' };

type Phase = 'running' | 'stopping' | 'ended';

/** The parts of a cell that do not depend on its message type: what parents, watchers and refs need. */
export interface AnyCell {
  readonly path: string;
  readonly phase: Phase;
  readonly exit: ExitReason | undefined;
  readonly ref: ActorRef<never>;
  signal(signal: Signal): void;
  onEnd(watcher: (terminated: Terminated) => void): () => void;
  status(): ActorStatus;
  descendants(): readonly AnyCell[];
}

/** One actor: its mailbox, its state, its children, and the order in which it ends. */
export class Cell<Message, State> implements AnyCell {
  readonly path: string;
  readonly ref: ActorRef<Message>;
  readonly #runtime: Runtime;
  readonly #behaviour: Behaviour<Message, State>;
  readonly #mailbox: Mailbox<Message>;
  readonly #parent: AnyCell | undefined;
  readonly #children = new Map<string, AnyCell>();
  readonly #watchers = new Set<(terminated: Terminated) => void>();
  readonly #watching = new Map<AnyCell, () => void>();
  readonly #timers = new Map<string, Timer>();
  readonly #started_unix_ms: number;
  #signals: Signal[] = [];
  #stashed: Message[] = [];
  #current: Message | undefined;
  #phase: Phase = 'running';
  #exit: ExitReason | undefined;
  #state: { readonly value: State } | undefined;
  #queued = false;
  #received = 0;
  #dropped = 0;

  constructor(
    runtime: Runtime,
    path: string,
    behaviour: Behaviour<Message, State>,
    options: SpawnOptions,
    parent: AnyCell | undefined,
  ) {
    this.#runtime = runtime;
    this.path = path;
    this.#behaviour = behaviour;
    this.#mailbox = new Mailbox(options.mailbox ?? defaultMailbox);
    this.#parent = parent;
    this.#started_unix_ms = runtime.clock.unixMs();
    this.ref = new LocalRef(this);
  }

  get phase(): Phase {
    return this.#phase;
  }

  get exit(): ExitReason | undefined {
    return this.#exit;
  }

  /** Runs `init`. One that throws ends the actor like a crash: no half-alive actor remains. */
  begin(): void {
    try {
      this.#state = { value: this.#behaviour.init(this.#context) };
    } catch (error) {
      this.#crash(error);
    }
  }

  tell(message: Message): TellResult {
    if (this.#phase !== 'running') {
      this.#deadLetter(message, 'actor_stopped');
      return 'stopped';
    }
    const put = this.#mailbox.put(message);
    if (put.kind === 'rejected') {
      this.#deadLetter(message, 'mailbox_full');
      return 'rejected';
    }
    if (put.kind === 'dropped')
      this.#deadLetter(put.message, put.which === 'oldest' ? 'dropped_oldest' : 'dropped_newest');
    this.#wake();
    return 'accepted';
  }

  signal(signal: Signal): void {
    if (this.#phase === 'ended') return;
    this.#signals.push(signal);
    this.#wake();
  }

  onEnd(watcher: (terminated: Terminated) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Takes up to `budget` messages; returns how many it took. Called by the dispatcher only. */
  turn(budget: number): number {
    let taken = 0;
    while (taken < budget && this.#phase !== 'ended') {
      if (this.#signals.length > 0) this.#takeSignals();
      else if (this.#phase !== 'running' || !this.#takeMessage()) break;
      taken += 1;
    }
    this.#queued = false;
    if (this.#signals.length > 0 || (this.#phase === 'running' && this.#mailbox.depth > 0)) this.#wake();
    return taken;
  }

  status(): ActorStatus {
    return {
      path: this.path,
      state: this.#phase === 'running' ? 'running' : 'stopping',
      mailbox_depth: this.#mailbox.depth,
      mailbox_high_water: this.#mailbox.highWater,
      mailbox_capacity: this.#mailbox.capacity,
      received: this.#received,
      dropped: this.#dropped,
      restarts: this.#runtime.restartsOf(this.path),
      started_unix_ms: this.#started_unix_ms,
    };
  }

  descendants(): readonly AnyCell[] {
    return [...this.#children.values()].flatMap((child) => [child, ...child.descendants()]);
  }

  #wake(): void {
    if (this.#queued) return;
    this.#queued = true;
    this.#runtime.dispatch(this);
  }

  #takeMessage(): boolean {
    const message = this.#mailbox.take();
    if (message === undefined || this.#state === undefined) return false;
    this.#received += 1;
    this.#current = message;
    try {
      const value = this.#behaviour.receive(this.#state.value, message, this.#context);
      if (value !== this.#state.value) this.#state = { value };
    } catch (error) {
      this.#crash(error);
    }
    return true;
  }

  #takeSignals(): void {
    const signals = this.#signals;
    this.#signals = [];
    for (const signal of signals) {
      if (signal.kind === 'stop') this.#beginStop(signal.reason);
      else if (this.#phase === 'stopping') this.#stopNextChild();
    }
  }

  #crash(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#runtime.events.emit('crashed', this.path, error);
    this.#beginStop({ kind: 'crashed', error });
  }

  /** Children end before their parent, the youngest first, one after another. */
  #beginStop(reason: ExitReason): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'stopping';
    this.#exit = reason;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    for (const unwatch of this.#watching.values()) unwatch();
    this.#watching.clear();
    this.#stopNextChild();
  }

  #stopNextChild(): void {
    const child = [...this.#children.values()].at(-1);
    if (child === undefined) this.#end();
    else if (child.phase === 'running') child.signal({ kind: 'stop', reason: { kind: 'shutdown' } });
  }

  #end(): void {
    const reason = this.#exit ?? { kind: 'normal' };
    this.#phase = 'ended';
    if (this.#state !== undefined) {
      try {
        this.#behaviour.stopped?.(this.#state.value, reason);
      } catch (error) {
        this.#runtime.events.emit(
          'crashed',
          this.path,
          error instanceof Error ? error : new Error(String(error)),
        );
      }
    }
    for (const message of this.#stashed) this.#deadLetter(message, 'actor_stopped');
    for (let message = this.#mailbox.take(); message !== undefined; message = this.#mailbox.take()) {
      this.#deadLetter(message, 'actor_stopped');
    }
    const terminated: Terminated = { path: this.path, reason };
    for (const watcher of this.#watchers) watcher(terminated);
    this.#watchers.clear();
    this.#runtime.ended(this);
    this.#parent?.signal({ kind: 'child_ended' });
  }

  /** Called when a child has ended, before the parent's signal: its name is free again. */
  forget(child: AnyCell): void {
    for (const [name, known] of this.#children) if (known === child) this.#children.delete(name);
  }

  #deadLetter(message: Message, reason: DeadLetterReason): void {
    this.#dropped += 1;
    this.#runtime.events.emit('deadLetter', { to: this.path, message, reason });
  }

  #spawn<ChildMessage, ChildState>(
    name: string,
    behaviour: Behaviour<ChildMessage, ChildState>,
    options: SpawnOptions = {},
  ): ActorRef<ChildMessage> {
    if (this.#children.has(name)) throw new Error(`${this.path} has a child called '${name}' already`);
    const child = new Cell(this.#runtime, `${this.path}/${name}`, behaviour, options, this);
    this.#children.set(name, child);
    child.onEnd(() => this.forget(child));
    child.begin();
    return child.ref;
  }

  #watch(ref: ActorRef<never>, toMessage: (terminated: Terminated) => Message): void {
    const target = cellOf(ref);
    const notice = (terminated: Terminated): void => void this.tell(toMessage(terminated));
    if (target === undefined || target.phase === 'ended') {
      notice({ path: ref.path, reason: target?.exit ?? { kind: 'no_such_actor' } });
      return;
    }
    this.#watching.get(target)?.();
    const unwatch = target.onEnd((terminated) => {
      this.#watching.delete(target);
      notice(terminated);
    });
    this.#watching.set(target, unwatch);
  }

  #unwatch(ref: ActorRef<never>): void {
    const target = cellOf(ref);
    if (target === undefined) return;
    this.#watching.get(target)?.();
    this.#watching.delete(target);
  }

  #startTimer(key: string, delay_ms: number, message: Message): void {
    this.#timers.get(key)?.cancel();
    if (this.#phase !== 'running') return;
    const timer = this.#runtime.clock.after(delay_ms, () => {
      if (this.#timers.get(key) === timer) this.#timers.delete(key);
      this.tell(message);
    });
    this.#timers.set(key, timer);
  }

  readonly #context: Context<Message> = this.#makeContext();

  #makeContext(): Context<Message> {
    const cell = this;
    return {
      get self() {
        return cell.ref;
      },
      get clock() {
        return cell.#runtime.clock;
      },
      get random() {
        return cell.#runtime.random;
      },
      spawn: (name, behaviour, options) => cell.#spawn(name, behaviour, options),
      stop: (ref) => cellOf(ref)?.signal({ kind: 'stop', reason: { kind: 'shutdown' } }),
      stopSelf: () => cell.signal({ kind: 'stop', reason: { kind: 'normal' } }),
      watch: (ref, toMessage) => cell.#watch(ref, toMessage),
      unwatch: (ref) => cell.#unwatch(ref),
      startTimer: (key, delay_ms, message) => cell.#startTimer(key, delay_ms, message),
      cancelTimer: (key) => {
        cell.#timers.get(key)?.cancel();
        cell.#timers.delete(key);
      },
      stash: () => {
        if (cell.#current !== undefined) cell.#stashed.push(cell.#current);
      },
      unstashAll: () => {
        cell.#mailbox.unshiftAll(cell.#stashed);
        cell.#stashed = [];
        cell.#wake();
      },
    };
  }
}
