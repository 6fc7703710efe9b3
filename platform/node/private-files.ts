import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { StoreFailure } from '../guard-store.ts';

/** Makes a directory that is its owner's alone (0700), with those above it, unless it is there; gives its absolute path. */
export const makePrivateDirectory = (path: string): Result<string, StoreFailure> => {
  const absolute = resolve(path);
  try {
    mkdirSync(absolute, { recursive: true, mode: 0o700 });
    return ok(absolute);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail({ reason: 'not_openable', message: `${absolute} cannot be made: ${why}.` });
  }
};

/** Removes a directory of our own, in a place that nobody else may write, with all that is in it. */
export const removeOwnDirectory = (path: string): void => rmSync(path, { recursive: true, force: true });
