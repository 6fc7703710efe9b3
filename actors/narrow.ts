import type { Behaviour } from './types.ts';

/**
 * Hides the messages that a behaviour sends itself: whoever spawns it gets a ref for the others only. Sound, since
 * what takes all messages takes fewer.
 */
export const narrow = <Shown extends All, All, State>(
  behaviour: Behaviour<All, State>,
): Behaviour<Shown, unknown> => behaviour as unknown as Behaviour<Shown, unknown>;
