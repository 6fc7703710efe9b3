/** A thread that gives every `step`-th input of a run to its parser, and tells which gave way. */
import { parentPort, workerData } from 'node:worker_threads';
import { inputsOf } from './draw-input.ts';
import { fuzzTargets } from './targets.ts';
import { type Finding, tryInput } from './try-input.ts';

/** What a thread is told. */
export interface ThreadTask {
  readonly seed: number;
  readonly from: number;
  readonly until: number;
  readonly step: number;
  /** The one parser that gets inputs; all of them where it is left out. */
  readonly parser: string | undefined;
  /** Number of the input at hand, and count of those that are done. */
  readonly progress: Int32Array<SharedArrayBuffer>;
}

/** What a thread tells. */
export interface ThreadFinding {
  readonly number: number;
  readonly finding: Finding;
}

const { seed, from, until, step, parser, progress } = workerData as ThreadTask;
const draw = inputsOf(
  fuzzTargets.filter(({ name }) => parser === undefined || name === parser),
  seed,
);
for (let number = from; number < until; number += step) {
  Atomics.store(progress, 0, number);
  const finding = tryInput(draw(number));
  Atomics.add(progress, 1, 1);
  if (finding !== undefined) parentPort?.postMessage({ number, finding } satisfies ThreadFinding);
}
