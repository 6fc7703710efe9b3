import { seededRandom } from '../../../../platform/seeded-random.ts';
import { samplesOf } from './corpus.ts';
import { mutate } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

/** An input with the parser that gets it. */
export interface FuzzInput {
  readonly target: FuzzTarget;
  readonly bytes: Buffer;
}

/** Draws inputs by their number alone, so that any one of a run can be had again without those before it. */
export const inputsOf = (targets: readonly FuzzTarget[], seed: number): ((number: number) => FuzzInput) => {
  const known = targets.map((target) => ({
    target,
    samples: samplesOf(target.name),
  }));
  return (number) => {
    const drawn = known[number % known.length];
    if (drawn === undefined) throw new Error('there is no parser to give inputs to');
    const random = seededRandom(Math.imul(seed, 0x9e37_79b1) ^ Math.imul(number, 0x85eb_ca6b));
    return { target: drawn.target, bytes: mutate(drawn.samples, random) };
  };
};
