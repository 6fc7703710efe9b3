import type { Random } from '../../platform/random.ts';

/** A number between two others. */
export const between = (random: Random, least: number, most: number): number =>
  least + (most - least) * random.fraction();

/** A whole number from 0 on, below another one. */
export const below = (random: Random, most: number): number => Math.floor(random.fraction() * most);

/** Whether something happens that has such a share of the cases. */
export const happens = (random: Random, share: number): boolean => random.fraction() < share;

export const pick = <T>(random: Random, list: readonly T[]): T => {
  const chosen = list[below(random, list.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
};

export const many = <T>(count: number, draw: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => draw(index));
