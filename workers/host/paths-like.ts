import type { DirectoryEntry, FileKind, HostFiles } from '../../protocol/host-files.ts';
import type { PathComponent, PathPattern } from '../parsers/path-pattern.ts';

/** A path that a pattern found. */
export interface FoundPath {
  /** A slash ends the path of a directory, or of a link to one, as osquery shows it. */
  readonly path: string;
  /** Kind of what the path leads to; `symlink` is a link that leads to no directory. */
  readonly kind: FileKind;
  /** The same also for a link that leads to no directory; `unknown` when it leads nowhere. */
  readonly leadsTo: FileKind;
}

const aDirectory: Omit<FoundPath, 'path'> = { kind: 'directory', leadsTo: 'directory' };

/** As deep as osquery goes below a `%%`, counted from what the pattern itself matches. */
const deepest = 64;

interface Directory {
  /** With its slash. */
  readonly path: string;
  /** Levels below the pattern's own. */
  readonly depth: number;
}

/**
 * The paths that match a pattern, one directory at a time, so that a search of the whole host takes little memory and
 * ends where its reader stops. Links to directories are followed as osquery does, but each once: that ends every loop.
 */
export function* pathsLike(files: HostFiles, pattern: PathPattern): Generator<FoundPath> {
  for (const found of new Search(files, pattern).run()) {
    if (!pattern.directoriesOnly || found.kind === 'directory') yield found;
  }
}

class Search {
  readonly #files: HostFiles;
  readonly #pattern: PathPattern;
  /** Directories still to be listed. */
  readonly #waiting: Directory[] = [];
  /** Links to directories: they wait until all that needs no link is listed, so that it shows under its own path. */
  readonly #links: Directory[] = [];
  /** Device and inode of the links that were seen. */
  readonly #seen = new Set<string>();

  constructor(files: HostFiles, pattern: PathPattern) {
    this.#files = files;
    this.#pattern = pattern;
  }

  *run(): Generator<FoundPath> {
    yield* this.#match('/', this.#pattern.components);
    for (;;) {
      const next = this.#waiting.pop() ?? this.#links.pop();
      if (next === undefined) return;
      for (const entry of this.#files.entries(next.path) ?? []) yield this.#found(next, entry);
    }
  }

  /** The matches of the remaining components in a directory, whose path ends with a slash. */
  *#match(directory: string, [component, ...rest]: readonly PathComponent[]): Generator<FoundPath> {
    if (component === undefined) {
      if (this.#files.stat(directory) !== undefined) yield { path: directory, ...aDirectory };
    } else if (rest.length > 0) {
      for (const name of this.#names(directory, component)) yield* this.#match(`${directory}${name}/`, rest);
    } else if (component.kind === 'name') {
      const stat = this.#files.lstat(directory + component.name);
      if (stat !== undefined)
        yield this.#found({ path: directory, depth: 0 }, { ...component, kind: stat.kind });
    } else {
      for (const entry of this.#entries(directory, component)) {
        yield this.#found({ path: directory, depth: 0 }, entry);
      }
    }
  }

  #names(directory: string, component: PathComponent): Iterable<string> {
    if (component.kind === 'name') return [component.name];
    return this.#entries(directory, component)
      .filter(({ kind }) => kind === 'directory' || kind === 'symlink' || kind === 'unknown')
      .map(({ name }) => name);
  }

  #entries(
    directory: string,
    { matches }: Extract<PathComponent, { kind: 'wildcard' }>,
  ): readonly DirectoryEntry[] {
    const listed = this.#files.entries(directory);
    if (listed === undefined) return [];
    // glob(3) finds these two for `.%`, as readdir(3) gives them.
    const dots: readonly DirectoryEntry[] = ['.', '..'].map((name) => ({ name, kind: 'directory' }));
    return [...dots, ...listed].filter(({ name }) => matches(name));
  }

  /** What an entry is shown as. In a recursive search a directory is noted to be listed in its turn. */
  #found(directory: Directory, { name, kind }: DirectoryEntry): FoundPath {
    const path = directory.path + name;
    const isTold = kind !== 'symlink' && kind !== 'unknown';
    const leadsTo = isTold ? kind : (this.#files.stat(path)?.kind ?? 'unknown');
    if (leadsTo !== 'directory') return { path, kind: kind === 'unknown' ? leadsTo : kind, leadsTo };
    const found = { path: `${path}/`, depth: directory.depth + 1 };
    // Going up through `..` would leave the pattern, and `.` would show everything again.
    if (this.#pattern.recursive && found.depth <= deepest && name !== '.' && name !== '..') {
      if (kind === 'directory') this.#waiting.push(found);
      else if (this.#isNewLink(path)) this.#links.push(found);
    }
    return { path: found.path, ...aDirectory };
  }

  #isNewLink(path: string): boolean {
    const link = this.#files.lstat(path);
    if (link === undefined) return false;
    const identity = `${link.dev}:${link.ino}`;
    if (this.#seen.has(identity)) return false;
    this.#seen.add(identity);
    return true;
  }
}
