import type { Clock } from '../clock.ts';

/** The clock of this machine. Timers keep the process alive: whoever starts one ends it. */
export const nodeClock: Clock = {
  monotonicMs: () => performance.now(),
  unixMs: () => Date.now(),
  after: (delay_ms, fire) => {
    const timer = setTimeout(fire, delay_ms);
    return { cancel: () => clearTimeout(timer) };
  },
  soon: (fire) => {
    setImmediate(fire);
  },
};
