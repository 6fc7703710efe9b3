import { bigint, defineTable, type Table, type TableQuery, text } from '../../protocol/table.ts';
import { type RpmSearch, rpmHeaders } from '../host/rpm-database.ts';
import { rpmFiles, rpmFileTags } from '../parsers/rpm-files.ts';
import { rpmTag } from '../parsers/rpm-header.ts';

/**
 * Packages with more than 65,536 files, which osquery passes over, are here. `sha256` of a directory or a link is empty, as
 * the header has it and `rpm --queryformat` shows it; osquery, like `rpm --dump`, shows 64 zeros.
 */
export const rpmPackageFiles: Table = defineTable({
  name: 'rpm_package_files',
  description: 'Files of installed packages of RPM.',
  columns: {
    package: text({ index: true, optimized: true, filled: true }),
    path: text({ index: true, filled: true }),
    username: text(),
    groupname: text(),
    mode: text(),
    size: bigint(),
    sha256: text({ collate: 'NOCASE' }),
  },
  *generate(query) {
    for (const header of rpmHeaders(query, query.files, searchFor(query))) {
      const name = header.text(rpmTag.name);
      for (const { mode, size_bytes, ...file } of rpmFiles(header)) {
        yield {
          package: name,
          ...file,
          mode: mode === undefined ? undefined : (mode & 0o7777).toString(8).padStart(4, '0'),
          size: size_bytes,
        };
      }
    }
  },
});

/** Columns that have tags of their own beside those of the path. */
const furtherTags = [
  ['username', rpmFileTags.username],
  ['groupname', rpmFileTags.groupname],
  ['mode', rpmFileTags.mode],
  ['size', rpmFileTags.size_bytes],
  ['sha256', rpmFileTags.sha256],
] as const;

/** A database of SQLite has an index of packages, and one of the last parts of paths. */
const searchFor = (query: Pick<TableQuery, 'equals' | 'uses'>): RpmSearch => {
  const further = furtherTags.filter(([column]) => query.uses(column)).flatMap(([, each]) => each);
  const tags = [rpmTag.name, ...rpmFileTags.path, ...further];
  const packages = query.equals('package');
  if (packages !== undefined) return { tags, index: { name: 'Name', keys: packages } };
  const [path, ...more] = query.equals('path') ?? [];
  // Two files of one package would find it twice.
  if (path === undefined || more.length > 0) return { tags };
  return { tags, index: { name: 'Basenames', keys: [path.slice(path.lastIndexOf('/') + 1)] } };
};
