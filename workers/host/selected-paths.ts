import type { FileKind, HostFiles } from '../../protocol/host-files.ts';
import type { Column, TableQuery } from '../../protocol/table.ts';
import { type PathParts, pathParts } from '../parsers/path-parts.ts';
import { type PathPattern, parsePathPattern } from '../parsers/path-pattern.ts';
import { pathsLike } from './paths-like.ts';

/** A path that a statement asks for, and what was seen of it on the way. */
interface SeenPath {
  readonly path: string;
  /** Kind where its directory told it, of the entry itself or of what it leads to; undefined for a path as asked. */
  readonly kind: FileKind | undefined;
  /** Kind of what the path leads to, through links; undefined when nobody has looked, `unknown` when it leads nowhere. */
  readonly leadsTo: FileKind | undefined;
}

/** The same with its parts. */
export interface SelectedPath extends SeenPath, PathParts {}

/** A query of a table with the columns `path` and `directory`. */
type PathQuery<C> = TableQuery<
  C & { readonly path: Column; readonly directory: Column } & Readonly<Record<string, Column>>
>;

/**
 * The paths that a scan of `file` or `hash` covers: those of the constraints on `path`, else the entries of the
 * directories of the constraints on `directory`. An `=` or IN leaves nothing for a LIKE beside it to add; several
 * patterns are all searched. Patterns and paths that do not begin with `/` find nothing, and as in osquery no directory is
 * found by a pattern that ends with a name.
 */
export function* selectedPaths<C>(query: PathQuery<C>, files: HostFiles): Generator<SelectedPath> {
  const paths = asked(query, 'path');
  if (paths !== undefined) {
    for (const { path, kind, leadsTo } of found(files, paths)) {
      const { directory, filename } = pathParts(path);
      yield { path, kind, leadsTo, directory, filename };
    }
    return;
  }
  const directories = asked(query, 'directory');
  if (directories === undefined) {
    // Without any constraint an empty text was asked for, which is no path: a join may do that at every other row.
    if (query.constraints('path').length + query.constraints('directory').length === 0) return;
    query.warn('only =, IN and LIKE on "path" or "directory", with paths that begin with /, find files');
    return;
  }
  if (directories.patterns.length > 0 && query.likes('directory').some(endsWithName)) {
    query.warn(
      'a LIKE on "directory" finds directories with a slash at their end: a pattern that ends with a name finds nothing, ' +
        "end it with / (directory LIKE '/home/%/.ssh/')",
    );
    return;
  }
  for (const { path: directory } of found(files, directories)) {
    const prefix = directory.endsWith('/') ? directory : `${directory}/`;
    for (const { name, kind } of files.entries(directory) ?? []) {
      const leadsTo = kind === 'symlink' || kind === 'unknown' ? undefined : kind;
      yield { path: prefix + name, kind, leadsTo, directory, filename: name };
    }
  }
}

/** SQLite compares what was found with the pattern again, and the slash at its end with the last letter of the name. */
const endsWithName = (pattern: string): boolean => !/[/%_]$/.test(pattern);

/**
 * The same for a table that has no column `directory`: the paths of `=` and IN on `path`, or what its LIKE patterns
 * find.
 */
export function* askedPaths<C>(
  query: TableQuery<C & { readonly path: Column } & Readonly<Record<string, Column>>>,
  files: HostFiles,
): Generator<SeenPath> {
  const paths = asked(query, 'path');
  if (paths !== undefined) yield* found(files, paths);
}

/** Either exact paths or patterns. */
interface Asked {
  readonly exact: readonly string[];
  readonly patterns: readonly PathPattern[];
}

const asked = <Name extends string>(
  query: Pick<TableQuery<Readonly<Record<Name, Column>>>, 'equals' | 'likes'>,
  column: Name,
): Asked | undefined => {
  const exact = query.equals(column);
  if (exact !== undefined) return { exact: exact.filter((path) => path.startsWith('/')), patterns: [] };
  const patterns = query.likes(column).map(parsePathPattern);
  const absolute = patterns.filter((pattern) => pattern !== undefined);
  return absolute.length === 0 ? undefined : { exact: [], patterns: absolute };
};

function* found(files: HostFiles, { exact, patterns }: Asked): Generator<SeenPath> {
  for (const path of exact) yield { path, kind: undefined, leadsTo: undefined };
  // One pattern finds no path twice, so only several need to be remembered.
  const seen = patterns.length > 1 ? new Set<string>() : undefined;
  for (const pattern of patterns) {
    for (const match of pathsLike(files, pattern)) {
      if (seen?.has(match.path) === true) continue;
      seen?.add(match.path);
      yield match;
    }
  }
}
