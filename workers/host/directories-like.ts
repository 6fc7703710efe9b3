import type { HostFiles } from '../../protocol/host-files.ts';
import { withoutLastSlashes } from '../parsers/path-parts.ts';
import { parsePathPattern } from '../parsers/path-pattern.ts';
import { type FoundPath, pathsLike } from './paths-like.ts';

/** The names that lead to a directory, each taken as it is: one may have any character. */
const literal = (base: string) =>
  base
    .split('/')
    .filter((name) => name !== '')
    .map((name) => ({ kind: 'name', name }) as const);

/**
 * Directories below `base` that match one of the patterns, in which `%` stands for any part of a name. What is in
 * `base` itself is taken as it is: a home directory may have any character.
 */
export const directoriesLike = (files: HostFiles, base: string, patterns: readonly string[]): string[] => {
  const above = literal(base);
  const found = patterns.flatMap((pattern) => {
    const parsed = parsePathPattern(`/${pattern}/`);
    if (parsed === undefined) return [];
    return [...pathsLike(files, { ...parsed, components: [...above, ...parsed.components] })].map(
      ({ path }) => withoutLastSlashes(path),
    );
  });
  return [...new Set(found)].toSorted();
};

/** Everything below a directory, as `%%` behind it would find it: what begins with a dot right in it is passed over. */
export const pathsBelow = (files: HostFiles, base: string): Generator<FoundPath> =>
  pathsLike(files, {
    components: [...literal(base), { kind: 'wildcard', matches: (name) => !name.startsWith('.') }],
    recursive: true,
    directoriesOnly: false,
  });
