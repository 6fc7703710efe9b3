import type { EventEmitter } from 'eventemitter3';
import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import type { AnyCell } from './cell.ts';
import type { ActorSystemEvents } from './types.ts';

/** What every cell of a system shares. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventEmitter<ActorSystemEvents>;
  /** Asks for a turn of a cell that has something to do. */
  dispatch(cell: { turn(budget: number): number }): void;
  /** How often the actor at a path was restarted. */
  restartsOf(path: string): number;
  ended(cell: AnyCell): void;
}
