import { Worker } from 'node:worker_threads';
import { add, nothing, type Tally } from './tally.ts';

/** Seeds that a thread lives before it tells. */
const portion = 200;
/** Most of what a life allocates is garbage soon after it: a large nursery spares the collector most of its work. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

/**
 * Lives `count` seeds on several threads. After the first portion with a broken promise no other is begun, and those
 * before it are finished: so the lowest broken seed is found whatever the threads' pace.
 */
export const liveInParallel = async (
  range: { readonly from: number; readonly count: number; readonly threads: number },
  progress: (sofar: Tally) => void,
): Promise<Tally> => {
  let next = range.from;
  const end = range.from + range.count;
  let sum = nothing;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const thread = new Worker(new URL('./seed-thread.ts', import.meta.url), { resourceLimits });
      const more = (): void => {
        if (next >= end || sum.broken !== undefined) {
          void thread.terminate().then(() => resolve());
          return;
        }
        const count = Math.min(portion, end - next);
        thread.postMessage({ from: next, count });
        next += count;
      };
      thread.on('error', reject);
      thread.on('message', (tally: Tally) => {
        sum = add(sum, tally);
        progress(sum);
        more();
      });
      more();
    });
  await Promise.all(Array.from({ length: range.threads }, work));
  return sum;
};
