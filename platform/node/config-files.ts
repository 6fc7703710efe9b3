import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, type Stats } from 'node:fs';
import { matchesGlob } from 'node:path';

/** Text of a file, or why there is none. */
export type ConfigText = { readonly text: string } | { readonly problem: string };

/** Files that a pattern stands for, or why that cannot be told. */
export type ConfigPaths = { readonly paths: readonly string[] } | { readonly problem: string };

/** Four times what a config may have without its comments. */
const most_bytes = 16 * 1024 * 1024;
const groupOrOtherWrite = 0o022;

/**
 * Reads a config file. One that others may write could make a daemon of root run anything as a query, so it is
 * refused unless `allowUnsafe` says otherwise. The file that was checked is the one that is read, and a FIFO does
 * not make it wait.
 */
export const readConfigFile = (path: string, uid: number, allowUnsafe: boolean): ConfigText => {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { problem: 'something that is no regular file' };
    if (stat.size > most_bytes) return { problem: `${stat.size} bytes, at most ${most_bytes} are allowed` };
    const unsafe = allowUnsafe ? undefined : whyUnsafe(path, stat, uid);
    return unsafe === undefined ? { text: readFileSync(descriptor, 'utf8') } : { problem: unsafe };
  } catch (error) {
    return { problem: describeError(error) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
};

const whyUnsafe = (path: string, stat: Stats, uid: number): string | undefined => {
  if (stat.uid !== 0 && stat.uid !== uid) {
    const required = uid === 0 ? 'root (uid 0)' : `root or uid ${uid}`;
    return `one of uid ${stat.uid}; its owner must be ${required}: run chown ${uid} ${path}`;
  }
  if ((stat.mode & groupOrOtherWrite) === 0) return undefined;
  const mode = (stat.mode & 0o7777).toString(8).padStart(4, '0');
  return `one of mode ${mode}; group and others must not be able to write it: run chmod go-w ${path}`;
};

/**
 * Paths that a pattern with `*` and `?` stands for, in name order. A directory that does not exist gives none; one
 * that cannot be read is told, since its files would silently be missing.
 */
export const globConfigFiles = (pattern: string): ConfigPaths => {
  let found: readonly string[] = [pattern.startsWith('/') ? '/' : ''];
  for (const part of pattern.split('/').filter((name) => name !== '')) {
    const next: string[] = [];
    for (const directory of found) {
      if (!/[*?[]/.test(part)) {
        next.push(`${directory}${part}/`);
        continue;
      }
      const names = namesIn(directory === '' ? '.' : directory);
      if ('problem' in names) return names;
      next.push(
        ...names.paths.filter((name) => matchesGlob(name, part)).map((name) => `${directory}${name}/`),
      );
    }
    found = next;
  }
  return { paths: found.map((path) => path.slice(0, -1)) };
};

const namesIn = (directory: string): ConfigPaths => {
  try {
    return { paths: readdirSync(directory).sort() };
  } catch (error) {
    const code = codeOf(error);
    // A file beside the directories that a wildcard matched holds nothing, and neither does what is not there.
    if (code === 'ENOENT' || code === 'ENOTDIR') return { paths: [] };
    return { problem: `${directory}, where ${describeError(error)}` };
  }
};

const describeError = (error: unknown): string => {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'no file of this name';
  if (code === 'EACCES') return 'permission is denied';
  return error instanceof Error ? error.message : String(error);
};

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
