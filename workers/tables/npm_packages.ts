import type { DirectoryEntry, HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { directoriesLike } from '../host/directories-like.ts';
import { mountNamespace, namespaceRoots } from '../host/namespaces.ts';
import { fieldOf, type Json, parseJson, textOf } from '../parsers/json-fields.ts';
import { withoutLastSlashes } from '../parsers/path-parts.ts';
import { shortenedTexts } from '../parsers/shortened.ts';

/** Where npm installs globally: for the system, and in home directories with npm's prefix and the version managers. */
const globalPlaces = [
  'usr/local/lib',
  'usr/lib',
  'home/%/.npm-global/lib',
  'home/%/.nvm/versions/node/%/lib',
  'home/%/.asdf/installs/nodejs/%/lib',
  'home/%/.local/share/fnm/node-versions/%/installation/lib',
  'home/%/.local/share/mise/installs/node/%/lib',
  'home/%/.volta/tools/image/node/%/lib',
  'home/%/.volta/tools/image/packages/%/lib',
];

/** How deep packages in packages are looked for unless max_depth says otherwise; -1 has no end. */
const usualDepth = 100;

const manifestColumns = ['name', 'version', 'description', 'author', 'license', 'homepage'] as const;

/** What a stranger may make as long as he likes is cut, else long texts would fail the query for all. */
const textMax_bytes = 8 * 1024;

export const npmPackages: Table = defineTable({
  name: 'npm_packages',
  description:
    'Packages of npm that are installed globally, or below node_modules of the directories asked for.',
  columns: {
    name: text(),
    version: text({ collate: 'VERSION' }),
    description: text(),
    author: text(),
    license: text(),
    homepage: text(),
    path: text(),
    directory: text({ index: true, optimized: true, filled: true }),
    depth: integer(),
    max_depth: integer({ additional: true, hidden: true }),
    pid_with_namespace: integer({ additional: true, hidden: true }),
    mount_namespace_id: text({ hidden: true }),
  },
  *generate(query) {
    const isRead = query.uses(...manifestColumns);
    const max_depth = depthOf(query.equals('max_depth')?.[0]);
    const asked = query.equals('directory')?.filter((directory) => directory.startsWith('/'));
    for (const { pid, files } of namespaceRoots(query)) {
      const mount_namespace_id = query.uses('mount_namespace_id')
        ? mountNamespace(query.files, pid)
        : undefined;
      const shared = { max_depth, pid_with_namespace: pid, mount_namespace_id };
      for (const directory of asked ?? directoriesLike(files, '/', globalPlaces)) {
        for (const { path, depth } of packagesBelow(files, directory, max_depth)) {
          const said = isRead ? manifestOf(files.readText(path) ?? '') : {};
          yield { ...shortenedTexts(said, textMax_bytes), path, directory, depth, ...shared };
        }
      }
    }
  },
});

const depthOf = (asked: string | undefined): number =>
  asked !== undefined && /^-?\d{1,9}$/.test(asked) ? Number(asked) : usualDepth;

interface NpmPackage {
  /** Of its package.json. */
  readonly path: string;
  readonly depth: number;
}

/** Packages, and the packages that they have for themselves. A directory that links lead back to is taken once. */
function* packagesBelow(files: HostFiles, site: string, maxDepth: number): Generator<NpmPackage> {
  const seen = new Set<string>();
  const waiting = [{ directory: withoutLastSlashes(site), depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const modules = `${next.directory}/node_modules`;
    const stat = files.stat(modules);
    const identity = `${stat?.dev}:${stat?.ino}`;
    if (stat === undefined || seen.has(identity)) continue;
    seen.add(identity);
    for (const directory of packageDirectories(files, modules)) {
      const path = `${directory}/package.json`;
      if (files.stat(path)?.kind !== 'regular') continue;
      yield { path, depth: next.depth };
      if (maxDepth === -1 || next.depth < maxDepth) waiting.push({ directory, depth: next.depth + 1 });
    }
  }
}

/** A name with an @ is a scope, whose packages are a level below. */
function* packageDirectories(files: HostFiles, modules: string): Generator<string> {
  for (const name of namesIn(files, modules)) {
    const directory = `${modules}/${name}`;
    if (name.startsWith('@')) yield* namesIn(files, directory).map((below) => `${directory}/${below}`);
    else yield directory;
  }
}

const mayBeDirectory = ({ name, kind }: DirectoryEntry): boolean =>
  (kind === 'directory' || kind === 'symlink' || kind === 'unknown') && !name.startsWith('.');

const namesIn = (files: HostFiles, directory: string): string[] =>
  (files.entries(directory) ?? [])
    .filter(mayBeDirectory)
    .map(({ name }) => name)
    .toSorted();

/** The columns that a package.json serves; empty where it is no JSON. */
const manifestOf = (content: string): Partial<Record<(typeof manifestColumns)[number], string>> => {
  const manifest = parseJson(content);
  return {
    name: textOf(manifest, 'name'),
    version: textOf(manifest, 'version'),
    description: textOf(manifest, 'description'),
    homepage: textOf(manifest, 'homepage'),
    author: nameOf(manifest, 'author', 'name'),
    // It once was an object with an address.
    license: nameOf(manifest, 'license', 'url'),
  };
};

/** Text of a member, or of a member in it where it is an object. */
const nameOf = (manifest: Json | undefined, member: string, inner: string): string =>
  typeof fieldOf(manifest, member) === 'string' ? textOf(manifest, member) : textOf(manifest, member, inner);
