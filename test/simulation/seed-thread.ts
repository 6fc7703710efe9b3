/** A thread that lives the seeds it is told to: one message with the range, one answer with the tally. */
import { parentPort } from 'node:worker_threads';
import { liveSeeds } from './tally.ts';

parentPort?.on('message', ({ from, count }: { readonly from: number; readonly count: number }) => {
  void liveSeeds(from, count).then((tally) => parentPort?.postMessage(tally));
});
