/**
 * Plants each fault of mutations.ts in a copy of the tree and lives seeds until one breaks a promise. Prints which
 * seed found it and which promise it broke, and exits with 1 when a mutant survives: then the checkers are blind there.
 *
 *   npm run simulate:mutants -- [--seeds 3000] [--only 'name']
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { scriptOptions } from '../script-options.ts';
import { type Mutation, mutations } from './mutations.ts';
import { plant } from './plant-mutation.ts';

type Found = { readonly seed: number; readonly promise: string } | undefined;

const values = scriptOptions('npm run simulate:mutants -- [--seeds 3000] [--only NAME]', {
  seeds: { type: 'string', default: '3000' },
  only: { type: 'string' },
});

const hunt = (mutation: Mutation): Promise<Found> => {
  const { directory, remove } = plant(mutation);
  return new Promise<Found>((resolve, reject) => {
    const thread = new Worker(new URL('./mutant-thread.ts', import.meta.url), {
      workerData: { directory, most: Number(values.seeds) },
    });
    thread.once('message', resolve);
    thread.once('error', reject);
  }).finally(remove);
};

const chosen = mutations.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) throw new Error(`There is no mutation '${values.only}'.`);
const widest = Math.max(...chosen.map(({ name }) => name.length));
let survivors = 0;

const tell = ({ name }: Mutation, found: Found): void => {
  if (found === undefined) survivors += 1;
  const result =
    found === undefined
      ? `SURVIVED ${values.seeds} seeds`
      : `seed ${String(found.seed).padStart(5)}  ${found.promise}`;
  process.stdout.write(`${name.padEnd(widest)}  ${result}\n`);
};

const queue = chosen.values();
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (const mutation of queue) tell(mutation, await hunt(mutation));
  }),
);
process.stdout.write(
  `${chosen.length - survivors} of ${chosen.length} mutations found within ${values.seeds} seeds each\n`,
);
process.exitCode = survivors > 0 ? 1 : 0;
