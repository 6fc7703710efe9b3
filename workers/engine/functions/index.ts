import type { ScalarFunction } from './function.ts';
import { regexFunctions } from './regex.ts';
import { stringFunctions } from './strings.ts';
import { versionFunctions } from './version.ts';

/** Every SQL function that the engine adds to SQLite's own; where names meet, these win. */
export const scalarFunctions: readonly ScalarFunction[] = [
  ...stringFunctions,
  ...regexFunctions,
  ...versionFunctions,
];
