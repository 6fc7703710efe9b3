import type { FileKind, HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { askedAccounts } from '../host/asked-accounts.ts';
import { directoriesLike, pathsBelow } from '../host/directories-like.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { withoutLastSlashes } from '../parsers/path-parts.ts';
import { parsePythonMetadata } from '../parsers/python-metadata.ts';
import { shortenedTexts } from '../parsers/shortened.ts';

/** Below a directory `lib` of an installation or of a virtual environment. */
const inLibrary = ['python%/site-packages', 'python%/dist-packages'];
const below = (places: readonly string[]): string[] =>
  places.flatMap((place) => inLibrary.map((library) => `${place}/${library}`));

/** Where the system's own packages are, and those of conda for all users. */
const systemPlaces = below([
  ...['usr/lib', 'usr/lib64', 'usr/local/lib', 'usr/local/lib64'],
  ...['opt/%conda%/lib', 'opt/%conda%/envs/%/lib', 'opt/%forge%/lib', 'opt/%forge%/envs/%/lib'],
]);

/** In a home directory: pip --user, version managers, tools with an environment each, and conda. */
const homePlaces = below([
  '.local/lib',
  '.pyenv/versions/%/lib',
  '.asdf/installs/python/%/lib',
  '.local/share/mise/installs/python/%/lib',
  '.local/share/uv/python/%/lib',
  '.local/share/uv/tools/%/lib',
  '.local/share/pipx/venvs/%/lib',
  '.local/pipx/venvs/%/lib',
  '.cache/pypoetry/virtualenvs/%/lib',
  ...['%conda%/lib', '%conda%/envs/%/lib', '%forge%/lib', '%forge%/envs/%/lib'],
]);

const metadataColumns = ['name', 'version', 'summary', 'author', 'license'] as const;

/** What a stranger may make as long as he likes is cut, else long texts would fail the query for all. */
const textMax_bytes = 8 * 1024;

/**
 * A directory that is asked for is searched to its end, as in osquery: it may be a whole environment. The usual places
 * are not, unlike there: what a package brings along inside is no package of the host, and a look into each package of
 * each environment costs too much for a query that runs every hour. A row of a directory that is asked for has its owner
 * as uid, where osquery has 0.
 */
export const pythonPackages: Table = defineTable({
  name: 'python_packages',
  description:
    'Python packages of the system and of users, or those anywhere below the directories asked for.',
  userData: true,
  columns: {
    name: text(),
    uid: bigint({ index: true }),
    version: text({ collate: 'VERSION' }),
    summary: text(),
    author: text(),
    license: text(),
    path: text(),
    directory: text({ index: true, optimized: true, filled: true }),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    const isRead = query.uses(...metadataColumns);
    for (const { pid, files } of namespaceRoots(query)) {
      const asked = query.equals('directory')?.filter((directory) => directory.startsWith('/'));
      const isSystemAsked = query.equals('uid')?.includes('0') !== false;
      const places =
        asked?.map((directory) => ({ directory, uid: files.stat(directory)?.uid })) ??
        placesOf(files, isSystemAsked, askedAccounts(query, files));
      const packagesOf = asked === undefined ? packagesIn : packagesBelow;
      for (const { directory, uid } of places) {
        for (const { path, metadata } of packagesOf(files, directory)) {
          const said = isRead ? parsePythonMetadata(files.readText(metadata) ?? '') : {};
          yield { ...shortenedTexts(said, textMax_bytes), uid, path, directory, pid_with_namespace: pid };
        }
      }
    }
  },
});

interface Place {
  readonly directory: string;
  readonly uid: number | undefined;
}

/** Directories of the system, which belong to uid 0, and of the accounts. */
const placesOf = (
  files: HostFiles,
  isSystemAsked: boolean,
  accounts: readonly { readonly uid: number; readonly directory: string }[],
): Place[] => [
  ...(isSystemAsked ? directoriesLike(files, '/', systemPlaces) : []).map((directory) => ({
    directory,
    uid: 0,
  })),
  ...accounts.flatMap((account) =>
    directoriesLike(files, account.directory, homePlaces).map((directory) => ({
      directory,
      uid: account.uid,
    })),
  ),
];

interface PythonPackage {
  readonly path: string;
  readonly metadata: string;
}

/** Packages of a directory. */
function* packagesIn(files: HostFiles, directory: string): Generator<PythonPackage> {
  for (const { name, kind } of (files.entries(directory) ?? []).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  ))
    yield* packageAt(`${withoutLastSlashes(directory)}/${name}`, kind);
}

/** Packages at any depth, each once: in an environment `lib64` often is a link to `lib`. */
function* packagesBelow(files: HostFiles, directory: string): Generator<PythonPackage> {
  const seen = new Set<string>();
  for (const { path, leadsTo } of pathsBelow(files, directory)) {
    for (const found of packageAt(withoutLastSlashes(path), leadsTo)) {
      const stat = files.stat(found.path);
      const identity = `${stat?.dev}:${stat?.ino}`;
      if (!seen.has(identity)) yield found;
      seen.add(identity);
    }
  }
}

/** The package whose metadata is at a path, if any. Old ones have a single file. */
const packageAt = (path: string, kind: FileKind): PythonPackage[] => {
  if (path.endsWith('.dist-info')) return [{ path, metadata: `${path}/METADATA` }];
  if (!path.endsWith('.egg-info')) return [];
  return [{ path, metadata: kind === 'regular' ? path : `${path}/PKG-INFO` }];
};
