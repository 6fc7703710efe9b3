import { join } from 'node:path';

/** What a worker of a test runs: the bundle that the run of all tests made, else the sources. */
export const workerEntry: string =
  process.env.LEASH_TEST_WORKER ?? join(import.meta.dirname, '../../workers/main.ts');
