import type { Random } from './random.ts';

/** A repeatable source (splitmix32 over a counter): the same seed gives the same run. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  let ids = 0;
  return {
    fraction: () => {
      state = (state + 0x9e3779b9) >>> 0;
      let mixed = state ^ (state >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a2d97);
      return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
    },
    id: () => {
      ids += 1;
      return `id-${seed}-${ids}`;
    },
  };
};
