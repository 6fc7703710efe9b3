import { communityIdFunctions } from './community-id.ts';
import { encodingFunctions } from './encoding.ts';
import { filePathFunctions } from './file-paths.ts';
import type { RunFunction, ScalarFunction } from './function.ts';
import { mathFunctions } from './math.ts';
import { networkFunctions } from './network.ts';
import { regexFunctions } from './regex.ts';
import { sleep } from './sleep.ts';
import { stringFunctions } from './strings.ts';
import { versionFunctions } from './version.ts';

/** Every scalar SQL function that the engine adds to SQLite's own; where names meet, these win. */
export const scalarFunctions: readonly (ScalarFunction | RunFunction)[] = [
  ...stringFunctions,
  ...regexFunctions,
  ...versionFunctions,
  ...mathFunctions,
  ...encodingFunctions,
  ...networkFunctions,
  ...communityIdFunctions,
  ...filePathFunctions,
  sleep,
];
