import { integerOf, type RunFunction } from './function.ts';

/** Waits for whole seconds, which are charged to the run's `wall_ms`, and gives their number. */
export const sleep: RunFunction = {
  name: 'sleep',
  arity: 1,
  isVolatile: true,
  callIn: ({ guard }, value) => {
    const seconds = Math.max(0, integerOf(value));
    guard.pause(seconds * 1000);
    return seconds;
  },
};
