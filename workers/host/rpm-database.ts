import type { HostFiles } from '../../protocol/host-files.ts';
import type { Columns, TableQuery } from '../../protocol/table.ts';
import { parseRpmHeader, type RpmHeader } from '../parsers/rpm-header.ts';

/** Where distributions keep the database; on many the second is a link to the first. */
const directories = ['/usr/lib/sysimage/rpm', '/var/lib/rpm'];
/** Names of the database in the formats that are not read: of SUSE, and of Red Hat before version 9. */
const otherFormats = ['Packages.db', 'Packages'];

/** What to read of a database. */
export interface RpmSearch {
  /** The tags that are needed; others are passed over. */
  readonly tags: readonly number[];
  /** Index of the database to look into, and the keys to find there; all packages where there is none. */
  readonly index?: { readonly name: 'Name' | 'Basenames'; readonly keys: readonly string[] };
}

/**
 * Headers of the installed packages, from RPM's database in its SQLite format (rpm 4.16 and later). A database in an
 * older format is not read, and a warning says so.
 */
export function* rpmHeaders<C extends Columns>(
  query: TableQuery<C>,
  files: HostFiles,
  { tags, index }: RpmSearch,
): Generator<RpmHeader> {
  const wanted = new Set(tags);
  const directory = directories.find((each) => files.stat(`${each}/rpmdb.sqlite`) !== undefined);
  if (directory === undefined) return warnOfOtherFormat(query, files);
  const path = `${directory}/rpmdb.sqlite`;
  // The name of the index is one of two of ours: it may stand in the statement.
  const statements =
    index === undefined
      ? [{ sql: 'SELECT blob FROM Packages', parameters: [] }]
      : index.keys.map((key) => ({
          sql: `SELECT blob FROM Packages WHERE hnum IN (SELECT hnum FROM ${index.name} WHERE key = ?)`,
          parameters: [key],
        }));
  for (const statement of statements) {
    for (const [blob] of query.readDatabase({ files, path, ...statement })) {
      const header = blob instanceof Uint8Array ? parseRpmHeader(blob, wanted) : undefined;
      if (header === undefined) query.warn(`${path}: a header of a package is malformed`);
      else yield header;
    }
  }
}

const warnOfOtherFormat = <C extends Columns>(query: TableQuery<C>, files: HostFiles): void => {
  const paths = directories.flatMap((directory) => otherFormats.map((name) => `${directory}/${name}`));
  const other = paths.find((path) => files.stat(path) !== undefined);
  if (other !== undefined)
    query.warn(`${other}: RPM's databases of this format are not read, only SQLite (rpmdb.sqlite)`);
};
