import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { fileDigests } from '../host/digests.ts';
import { mountNamespace, namespaceRoots } from '../host/namespaces.ts';
import { type SelectedPath, selectedPaths } from '../host/selected-paths.ts';

const digestColumns = ['md5', 'sha1', 'sha256'] as const;

export const hash: Table = defineTable({
  name: 'hash',
  description: 'Digests of regular files, by path or directory; empty where a file cannot be read.',
  example: "SELECT path, sha256 FROM hash WHERE path = '/etc/passwd';",
  columns: {
    path: text({ index: true, required: true, optimized: true }),
    directory: text({ required: true, optimized: true }),
    md5: text({ collate: 'NOCASE' }),
    sha1: text({ collate: 'NOCASE' }),
    sha256: text({ collate: 'NOCASE' }),
    pid_with_namespace: integer({ additional: true, hidden: true }),
    mount_namespace_id: text({ hidden: true }),
  },
  *generate(query) {
    const names = digestColumns.filter((name) => query.uses(name));
    for (const { pid, files } of namespaceRoots(query)) {
      const mount_namespace_id = query.uses('mount_namespace_id')
        ? mountNamespace(query.files, pid)
        : undefined;
      for (const selected of selectedPaths(query, files)) {
        if (!isRegular(files, selected)) continue;
        const { path, directory } = selected;
        const digests = names.length > 0 ? fileDigests(files, path, names) : undefined;
        yield {
          path,
          directory,
          md5: digests?.md5,
          sha1: digests?.sha1,
          sha256: digests?.sha256,
          pid_with_namespace: pid,
          mount_namespace_id,
        };
      }
    }
  },
});

const isRegular = (files: HostFiles, { path, leadsTo }: SelectedPath): boolean =>
  (leadsTo ?? files.stat(path)?.kind) === 'regular';
