import { createActorSystem } from '../../../actors/system.ts';
import type { ActorSystem, DeadLetter, NodeOptions, RemoteNode } from '../../../actors/types.ts';
import { seededRandom } from '../../../platform/seeded-random.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import { MemoryEnd } from './memory-channel.ts';

/** One of two systems that speak with each other. */
export interface Side {
  readonly system: ActorSystem;
  readonly node: RemoteNode;
  readonly end: MemoryEnd;
  readonly letters: DeadLetter[];
}

/** Two systems in one process with a channel between them, on a clock that the test moves. */
export interface TwoNodes {
  readonly clock: SimulatedClock;
  readonly here: Side;
  readonly there: Side;
  readonly events: string[];
  /** Lets everything run that needs no time. */
  settle(): Promise<void>;
}

export const twoNodes = (
  options: { readonly here?: Partial<NodeOptions>; readonly there?: Partial<NodeOptions> } = {},
): TwoNodes => {
  const clock = new SimulatedClock();
  const [end, otherEnd] = MemoryEnd.pair(clock);
  const here = side(clock, end, { name: 'there', ...options.here });
  const there = side(clock, otherEnd, { name: 'here', ...options.there });
  return { clock, here, there, events: [], settle: () => clock.advance(0) };
};

/** A system at one end of a channel. */
export const side = (clock: SimulatedClock, end: MemoryEnd, options: NodeOptions): Side => {
  const system = createActorSystem({ clock, random: seededRandom(1) });
  const letters: DeadLetter[] = [];
  system.on('deadLetter', (letter) => letters.push(letter));
  return { system, node: system.connect(end.open, options), end, letters };
};
