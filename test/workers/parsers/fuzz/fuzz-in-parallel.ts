import { Worker } from 'node:worker_threads';
import type { ThreadFinding, ThreadTask } from './fuzz-thread.ts';

/** A thread whose input lasts this long is ended: so long that a busy machine does not look like it. */
const hang_ms = 30_000;
const look_ms = 500;

/** A run of the fuzzer. */
export interface FuzzRun extends Pick<ThreadTask, 'seed' | 'until' | 'parser'> {
  readonly threads: number;
  /** After so long no input is begun. */
  readonly longest_ms: number;
  readonly found: (finding: ThreadFinding) => void;
  readonly progress: (inputs: number) => void;
}

/** Gives the inputs of a run to their parsers on several threads; gives their count. */
export const fuzzInParallel = async (run: FuzzRun): Promise<number> => {
  const end_ms = performance.now() + run.longest_ms;
  let whole = 0;
  const running = new Set<Int32Array>();
  const inputs = (): number => [...running].reduce((sum, progress) => sum + Atomics.load(progress, 1), whole);

  /** Lives one thread; gives the number of the input that it hung on. */
  const live = async (from: number): Promise<number | undefined> => {
    const progress = new Int32Array(new SharedArrayBuffer(8));
    const { seed, until, parser, threads } = run;
    const workerData: ThreadTask = { seed, until, parser, from, step: threads, progress };
    const thread = new Worker(new URL('./fuzz-thread.ts', import.meta.url), { workerData });
    running.add(progress);
    let hung: number | undefined;
    let at = { done: 0, since_ms: performance.now() };
    const watch = setInterval(() => {
      const [done, now_ms] = [Atomics.load(progress, 1), performance.now()];
      if (done !== at.done) at = { done, since_ms: now_ms };
      else if (done > 0 && now_ms - at.since_ms > hang_ms) hung = Atomics.load(progress, 0);
      if (hung !== undefined || now_ms > end_ms) void thread.terminate();
      run.progress(inputs());
    }, look_ms);
    thread.on('message', run.found);
    await new Promise((resolve, reject) => {
      thread.on('exit', resolve);
      thread.on('error', reject);
    }).finally(() => clearInterval(watch));
    running.delete(progress);
    whole += Atomics.load(progress, 1);
    return hung;
  };

  const lane = async (first: number): Promise<void> => {
    for (let from = first; from < run.until; ) {
      const number = await live(from);
      if (number === undefined) return;
      run.found({ number, finding: { kind: 'hang', message: `no end after ${hang_ms} ms` } });
      from = number + run.threads;
    }
  };
  await Promise.all(Array.from({ length: run.threads }, (_, index) => lane(index)));
  return whole;
};
