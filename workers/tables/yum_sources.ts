import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { type IniSection, parseIni } from '../parsers/ini.ts';
import { withoutLastSlashes } from '../parsers/path-parts.ts';

const mainFile = '/etc/yum.conf';
const usualDirectory = '/etc/yum.repos.d';

export const yumSources: Table = defineTable({
  name: 'yum_sources',
  description: 'Repositories of yum and dnf.',
  columns: {
    name: text(),
    source: text(),
    baseurl: text(),
    mirrorlist: text(),
    metalink: text(),
    enabled: text(),
    gpgcheck: text(),
    gpgkey: text(),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    for (const { pid, files } of namespaceRoots(query)) {
      for (const { source, options } of repositories(files)) {
        yield {
          name: options.get('name'),
          source,
          baseurl: options.get('baseurl'),
          mirrorlist: options.get('mirrorlist'),
          metalink: options.get('metalink'),
          enabled: options.get('enabled'),
          gpgcheck: options.get('gpgcheck'),
          gpgkey: options.get('gpgkey'),
          pid_with_namespace: pid,
        };
      }
    }
  },
});

/** Sections of the main file, but for its own settings, and of the files in the directories that it names. */
function* repositories(files: HostFiles): Generator<IniSection & { readonly source: string }> {
  const main = parseIni(files.readText(mainFile) ?? '');
  const settings = main.find(({ name }) => name === 'main')?.options;
  for (const section of main) if (section.name !== 'main') yield { ...section, source: mainFile };
  // A list with commas or blanks between (yum.conf(5)); osquery takes it for one directory.
  const directories = (settings?.get('reposdir') ?? usualDirectory).split(/[\s,]+/);
  for (const directory of directories.filter((each) => each.startsWith('/'))) {
    for (const name of (files.list(directory) ?? []).toSorted()) {
      if (!name.endsWith('.repo')) continue;
      const source = `${withoutLastSlashes(directory)}/${name}`;
      for (const section of parseIni(files.readText(source) ?? ''))
        if (section.name !== 'main') yield { ...section, source };
    }
  }
}
