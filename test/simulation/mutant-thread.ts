/** A thread that lives seeds in a copy of the tree until one breaks a promise, and tells which. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type * as Simulation from './run-scenario.ts';

const { directory, most } = workerData as { readonly directory: string; readonly most: number };
const { runSeed } = (await import(
  pathToFileURL(join(directory, 'test/simulation/run-scenario.ts')).href
)) as typeof Simulation;

const find = async (): Promise<{ readonly seed: number; readonly promise: string } | undefined> => {
  for (let seed = 1; seed <= most; seed += 1) {
    const [first] = (await runSeed(seed)).breaches;
    if (first !== undefined) return { seed, promise: first.promise };
  }
  return undefined;
};

parentPort?.postMessage(await find());
