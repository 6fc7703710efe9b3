import type { Clock, Timer } from '../clock.ts';
import { monotonicMs } from './monotonic.ts';

/** Node fires a timer that is longer than this (24.8 days) after 1 ms. */
const longestTimer_ms = 2 ** 31 - 1;

/**
 * The clock of this machine. Timers keep the process alive: whoever starts one ends it. Node counts them in whole
 * milliseconds, 1 at least: a fraction is dropped.
 */
export const nodeClock: Clock = {
  monotonicMs,
  unixMs: () => Date.now(),
  after: (delay_ms, fire) => startTimer(delay_ms, fire),
  soon: (fire) => {
    setImmediate(fire);
  },
};

const startTimer = (delay_ms: number, fire: () => void): Timer => {
  if (delay_ms <= longestTimer_ms) {
    const timer = setTimeout(fire, delay_ms);
    return { cancel: () => clearTimeout(timer) };
  }
  let rest: Timer;
  const leg = setTimeout(() => {
    rest = startTimer(delay_ms - longestTimer_ms, fire);
  }, longestTimer_ms);
  rest = { cancel: () => clearTimeout(leg) };
  return { cancel: () => rest.cancel() };
};
