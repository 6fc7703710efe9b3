import type { HostFiles } from '../../protocol/host-files.ts';
import { withoutLastSlashes } from '../parsers/path-parts.ts';
import { parsePathPattern } from '../parsers/path-pattern.ts';
import { pathsLike } from './paths-like.ts';

/**
 * Directories below `base` that match one of the patterns, in which `%` stands for any part of a name. What is in
 * `base` itself is taken as it is: a home directory may have any character.
 */
export const directoriesLike = (files: HostFiles, base: string, patterns: readonly string[]): string[] => {
  const above = base.split('/').filter((name) => name !== '');
  const found = patterns.flatMap((pattern) => {
    const parsed = parsePathPattern(`/${pattern}/`);
    if (parsed === undefined) return [];
    const components = [...above.map((name) => ({ kind: 'name', name }) as const), ...parsed.components];
    return [...pathsLike(files, { ...parsed, components })].map(({ path }) => withoutLastSlashes(path));
  });
  return [...new Set(found)].toSorted();
};
