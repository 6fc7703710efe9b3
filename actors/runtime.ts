import type { EventEmitter } from 'eventemitter3';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { Member } from './crowd.ts';
import type { Deadlines } from './deadlines.ts';
import type { ActorRef, ActorStatus, ActorSystemEvents, ExitReason, Terminated } from './types.ts';

/** What every cell of a system shares. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventEmitter<ActorSystemEvents>;
  readonly deadlines: Deadlines;
  /** Asks for a turn of a cell that has something to do. */
  dispatch(cell: { turn(budget: number): number }): void;
  ended(cell: AnyCell): void;
}

/** Wants to know when a cell ends; told once. */
export interface Watcher extends Member {
  ended(terminated: Terminated): void;
}

/**
 * What one cell tells another besides messages. `stop` and `exit` can be trapped, `kill` cannot.
 */
export type Signal =
  | { readonly kind: 'stop'; readonly from: string }
  | { readonly kind: 'exit'; readonly from: string; readonly reason: ExitReason }
  | { readonly kind: 'kill' }
  | { readonly kind: 'child_ended' };

/** `stopping` waits for its children; `ended` is final. */
export type Phase = 'running' | 'stopping' | 'ended';

/** What others may do to the bonds of a subject. One half of a link is here, the other with the other one. */
export interface AnyBonds {
  addWatcher(watcher: Watcher): void;
  removeWatcher(watcher: Watcher): void;
  addLink(other: Subject): void;
  removeLink(other: Subject): void;
}

/** Whom a ref points to, as watchers, links and other processes need it: a cell, or what stands for a remote one. */
export interface Subject {
  readonly path: string;
  readonly phase: Phase;
  readonly exit: ExitReason | undefined;
  readonly ref: ActorRef<never>;
  readonly bonds: AnyBonds;
  signal(signal: Signal): void;
}

/** The parts of a cell that do not depend on its message type. */
export interface AnyCell extends Subject {
  /** A child has ended: its name is free. */
  forget(child: AnyCell): void;
  status(): ActorStatus;
  descendants(): readonly AnyCell[];
}
