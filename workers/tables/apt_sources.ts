import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { type AptSource, parseDeb822Sources, parseSourcesList } from '../parsers/apt-sources.ts';
import { deb822Paragraphs } from '../parsers/deb822.ts';

const partsDirectory = '/etc/apt/sources.list.d';
const listsDirectory = '/var/lib/apt/lists';

export const aptSources: Table = defineTable({
  name: 'apt_sources',
  description: 'Repositories that apt has fetched, with what their Release files say.',
  columns: {
    name: text(),
    source: text(),
    base_uri: text(),
    release: text(),
    version: text({ collate: 'VERSION_DPKG' }),
    maintainer: text(),
    components: text(),
    architectures: text(),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    const isContentUsed = query.uses('release', 'version', 'maintainer', 'components', 'architectures');
    for (const { pid, files } of namespaceRoots(query)) {
      for (const { source, base_uri, name, listPrefix } of sourcesOf(files)) {
        const path = releaseFile(files, listPrefix);
        if (path === undefined) continue;
        const release = isContentUsed ? releaseFields(files.readText(path) ?? '') : undefined;
        yield {
          name,
          source,
          base_uri,
          release: release?.get('codename'),
          version: release?.get('version'),
          maintainer: release?.get('origin'),
          components: release?.get('components'),
          architectures: release?.get('architectures'),
          pid_with_namespace: pid,
        };
      }
    }
  },
});

/** Sources of both styles with the files that they stand in: one-line files first, as in osquery. */
function* sourcesOf(files: HostFiles): Generator<AptSource & { readonly source: string }> {
  const parts = (files.list(partsDirectory) ?? []).toSorted().map((name) => `${partsDirectory}/${name}`);
  for (const source of ['/etc/apt/sources.list', ...parts.filter((path) => path.endsWith('.list'))])
    for (const each of parseSourcesList(files.readText(source) ?? '')) yield { ...each, source };
  for (const source of parts.filter((path) => path.endsWith('.sources')))
    for (const each of parseDeb822Sources(files.readText(source) ?? '')) yield { ...each, source };
}

/** The file that the repository's signature covers, of the new and the old form; undefined when none was fetched. */
const releaseFile = (files: HostFiles, listPrefix: string): string | undefined =>
  ['InRelease', 'Release']
    .map((name) => `${listsDirectory}/${listPrefix}${name}`)
    .find((path) => files.stat(path)?.kind === 'regular');

/** The first paragraph that names an origin or a suite: a signed file has one of its signature before it. */
const releaseFields = (content: string): ReadonlyMap<string, string> | undefined => {
  for (const fields of deb822Paragraphs(content))
    if (fields.has('origin') || fields.has('suite') || fields.has('codename')) return fields;
  return undefined;
};
