import type { HostFiles } from '../../protocol/host-files.ts';
import { ok } from '../../protocol/result.ts';
import type { Columns, TableQuery } from '../../protocol/table.ts';
import { berkeleyBlobs } from '../parsers/rpm-berkeley.ts';
import type { RpmBlob } from '../parsers/rpm-blob.ts';
import { parseRpmHeader, type RpmHeader, rpmTag } from '../parsers/rpm-header.ts';
import { ndbBlobs } from '../parsers/rpm-ndb.ts';
import { KeptReadings } from './kept-readings.ts';
import { type BlobReader, blobsIn } from './rpm-packages-file.ts';

/** Where distributions keep the database; on many the second is a link to the first. */
const directories = ['/usr/lib/sysimage/rpm', '/var/lib/rpm'];

/** A database in a file of a format that RPM brings along: that of SUSE, and that of Red Hat before version 9. */
const blobFiles: readonly { readonly name: string; readonly blobsOf: BlobReader }[] = [
  { name: 'Packages.db', blobsOf: ndbBlobs },
  { name: 'Packages', blobsOf: berkeleyBlobs },
];

/** Of files with all that the tables show some 100 MiB. */
const kept = new KeptReadings<RpmHeader>(250_000);

/** What the indexes are of. */
const indexTags = { Name: rpmTag.name, Basenames: rpmTag.baseNames } as const;

/** What to read of a database. */
export interface RpmSearch {
  /** The tags that are needed, that of the index among them; others are passed over. */
  readonly tags: readonly number[];
  /** Index of the database to look into, and the keys to find there; all packages where there is none. */
  readonly index?: { readonly name: 'Name' | 'Basenames'; readonly keys: readonly string[] };
}

/**
 * Headers of the installed packages, from RPM's database in the first of its formats that is there: SQLite (rpm 4.16 and
 * later), NDB or Berkeley DB. Of the latter two every header is read, once or twice a run, since their indexes are not. Of
 * what is damaged a warning tells.
 */
export function* rpmHeaders<C extends Columns>(
  query: TableQuery<C>,
  files: HostFiles,
  search: RpmSearch,
): Generator<RpmHeader> {
  const wanted = new Set(search.tags);
  const found = databaseOn(files);
  if (found === undefined) return;
  const { path, blobsOf } = found;
  const { index } = search;
  if (blobsOf === undefined) yield* headersIn(query, path, sqliteBlobs(query, files, path, search), wanted);
  else if (index === undefined) yield* headersIn(query, path, blobsIn(files, path, blobsOf), wanted);
  else
    yield* kept.lookUp(files, [path, index.name, ...search.tags].join(' '), {
      keys: index.keys,
      textsOf: (header) => header.texts(indexTags[index.name]),
      readAll: () => headersIn(query, path, blobsIn(files, path, blobsOf), wanted),
    });
}

/** The headers that blobs of a database hold. */
function* headersIn<C extends Columns>(
  query: TableQuery<C>,
  path: string,
  blobs: Iterable<RpmBlob>,
  wanted: ReadonlySet<number>,
): Generator<RpmHeader> {
  for (const blob of blobs) {
    const header = blob.ok ? parseRpmHeader(blob.value, wanted) : undefined;
    if (header !== undefined) yield header;
    else query.warn(`${path}: ${blob.ok ? 'a header of a package is malformed' : blob.error}`);
  }
}

/** The database, and what reads it where SQLite does not. */
const databaseOn = (files: HostFiles): { readonly path: string; readonly blobsOf?: BlobReader } | undefined =>
  [{ name: 'rpmdb.sqlite' }, ...blobFiles]
    .flatMap(({ name, ...reader }) =>
      directories.map((directory) => ({ path: `${directory}/${name}`, ...reader })),
    )
    .find(({ path }) => files.stat(path) !== undefined);

function* sqliteBlobs<C extends Columns>(
  query: TableQuery<C>,
  files: HostFiles,
  path: string,
  { index }: RpmSearch,
): Generator<RpmBlob> {
  // The name of the index is one of two of ours: it may stand in the statement.
  const statements =
    index === undefined
      ? [{ sql: 'SELECT blob FROM Packages', parameters: [] }]
      : index.keys.map((key) => ({
          sql: `SELECT blob FROM Packages WHERE hnum IN (SELECT hnum FROM ${index.name} WHERE key = ?)`,
          parameters: [key],
        }));
  for (const statement of statements)
    for (const [blob] of query.readDatabase({ files, path, ...statement }))
      yield ok(blob instanceof Uint8Array ? blob : new Uint8Array());
}
