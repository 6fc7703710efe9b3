import { join } from 'node:path';
import type { StoreFailure } from '../platform/guard-store.ts';
import { makePrivateDirectory } from '../platform/node/private-files.ts';
import { readTrail } from '../platform/node/walk-path.ts';
import { describeRefusal } from '../policies/path-safety/check.ts';
import { judgeTrail } from '../policies/path-safety/judge-trail.ts';
import { type OwnFileRule, ownFileRules } from '../policies/path-safety/own-files.ts';
import type { Trail } from '../protocol/path-facts.ts';
import { fail, ok, type Result } from '../protocol/result.ts';

/** Why a daemon of user `uid` must not use what a way leads to; undefined: it may, or nothing is there. */
export const whyUnsafe = (trail: Trail, uid: number, rule: OwnFileRule): string | undefined => {
  if (!trail.end.reached && trail.end.problem === 'missing') return undefined;
  const refused = judgeTrail(trail, uid, ownFileRules[rule]).find(({ passed }) => !passed);
  return refused === undefined ? undefined : describeRefusal(refused);
};

/** Makes a directory of our own, or checks the one that is there and the way to it. */
export const ownDirectory = (
  path: string,
  uid: number,
  rule: 'private_directory' | 'owned_directory',
): Result<string, StoreFailure> => {
  const made = makePrivateDirectory(path);
  if (!made.ok) return made;
  const unsafe = whyUnsafe(readTrail(made.value), uid, rule);
  return unsafe === undefined ? made : fail(notSafe(made.value, unsafe));
};

/** Checks databases of ours, with what SQLite keeps beside them, as far as they exist. */
export const ownDatabases = (
  directory: string,
  uid: number,
  names: readonly string[],
): Result<void, StoreFailure> => {
  for (const name of names.flatMap((database) => [database, `${database}-wal`, `${database}-shm`])) {
    const path = join(directory, name);
    const unsafe = whyUnsafe(readTrail(path), uid, 'private_file');
    if (unsafe !== undefined) return fail(notSafe(path, unsafe));
  }
  return ok(undefined);
};

const notSafe = (path: string, why: string): StoreFailure => ({
  reason: 'unsafe_permissions',
  message: `${path} is not safe to use: ${why}.`,
});
