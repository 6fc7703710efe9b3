import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { StoreFailure } from '../guard-store.ts';

const groupOrOtherWrite = 0o022;
const anyoneElse = 0o077;
const stickyBit = 0o1000;

const octal = (mode: number): string => `0${(mode & 0o7777).toString(8)}`;

/**
 * Makes a directory of our own (0700) or checks the one that is there: ours, writable by nobody else, and below
 * ancestors in which nobody else could put another one in its place.
 */
export const ensurePrivateDirectory = (path: string, uid: number): Result<string, StoreFailure> => {
  const absolute = resolve(path);
  try {
    mkdirSync(absolute, { recursive: true, mode: 0o700 });
  } catch (error) {
    return fail({ reason: 'not_openable', message: `${absolute} cannot be made: ${messageOf(error)}.` });
  }
  const own = lstatSync(absolute);
  if (!own.isDirectory()) return fail(unsafe(absolute, 'it is no directory', 'name another path'));
  if (own.uid !== uid) return fail(wrongOwner(absolute, own, uid));
  if ((own.mode & groupOrOtherWrite) !== 0) return fail(tooOpen(absolute, own, '0700', 'chmod 700'));
  for (let parent = dirname(absolute); ; parent = dirname(parent)) {
    const stat = lstatSync(parent);
    const sticky = (stat.mode & stickyBit) !== 0;
    if (stat.uid !== 0 && stat.uid !== uid) return fail(wrongOwner(parent, stat, uid));
    // In a sticky directory (/tmp) others can add names but not replace ours.
    if ((stat.mode & groupOrOtherWrite) !== 0 && !sticky)
      return fail(tooOpen(parent, stat, '0755', 'chmod go-w'));
    if (parent === dirname(parent)) return ok(absolute);
  }
};

/** Checks a file of ours, if it exists: a regular file, our own, readable and writable by nobody else. */
export const checkPrivateFile = (path: string, uid: number): Result<void, StoreFailure> => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return ok(undefined);
  if (!stat.isFile()) return fail(unsafe(path, 'it is no regular file', 'move it away'));
  if (stat.uid !== uid) return fail(wrongOwner(path, stat, uid));
  if ((stat.mode & anyoneElse) !== 0) return fail(tooOpen(path, stat, '0600', 'chmod 600'));
  return ok(undefined);
};

const tooOpen = (path: string, stat: Stats, required: string, command: string): StoreFailure =>
  unsafe(path, `its mode is ${octal(stat.mode)}, it must be ${required} or less`, `run: ${command} ${path}`);

const wrongOwner = (path: string, stat: Stats, uid: number): StoreFailure =>
  unsafe(
    path,
    `its owner is uid ${stat.uid}, it must be ${uid === 0 ? 'root' : `root or uid ${uid}`}`,
    `run: chown ${uid} ${path}`,
  );

const unsafe = (path: string, what: string, remedy: string): StoreFailure => ({
  reason: 'unsafe_permissions',
  message: `${path} is not safe to use: ${what}. To mend it, ${remedy}.`,
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
