import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { matchesGlob, resolve } from 'node:path';
import type { Trail, TrailProblem } from '../../protocol/path-facts.ts';
import { walkPath } from './walk-path.ts';

/** Text of a file, or why there is none. */
export type ConfigText = { readonly text: string } | { readonly problem: string };

/** Files that a pattern stands for, or why that cannot be told. */
export type ConfigPaths = { readonly paths: readonly string[] } | { readonly problem: string };

/** Four times what a config may have without its comments. */
const most_bytes = 16 * 1024 * 1024;

/**
 * Reads a config file, unless `whyUnsafe` says that somebody else could have written it: it could make a daemon of root
 * run anything as a query. The file that was judged is the one that is read, and a FIFO does not make it wait.
 */
export const readConfigFile = (path: string, whyUnsafe: (trail: Trail) => string | undefined): ConfigText => {
  const { trail, descriptor: place } = walkPath(resolve(path));
  let descriptor: number | undefined;
  try {
    if (place === undefined || !trail.end.reached) return { problem: notReached(trail) };
    if (trail.end.facts.kind !== 'file') return { problem: 'something that is no regular file' };
    const unsafe = whyUnsafe(trail);
    if (unsafe !== undefined) return { problem: `one that is not safe: ${unsafe}` };
    descriptor = openSync(`/proc/self/fd/${place}`, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = fstatSync(descriptor);
    if (size > most_bytes) return { problem: `${size} bytes, at most ${most_bytes} are allowed` };
    return { text: readFileSync(descriptor, 'utf8') };
  } catch (error) {
    return { problem: describeError(error) };
  } finally {
    if (place !== undefined) closeSync(place);
    if (descriptor !== undefined) closeSync(descriptor);
  }
};

const notReached = ({ end }: Trail): string => (end.reached ? '' : problemWords[end.problem]);

const problemWords: Readonly<Record<TrailProblem, string>> = {
  missing: 'no file of this name',
  denied: 'permission is denied',
  not_a_directory: 'a path through something that is no directory',
  too_many_links: 'too many symbolic links',
  unreadable: 'something that cannot be looked at',
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
