import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';

const defaultAdmindir = '/var/lib/dpkg';
const suffix = '.list';

/**
 * Architectures of Debian, with which the lists of packages of several are named (`libc6:amd64.list`). Trying them
 * spares a join by package to go through the whole directory for each.
 */
const architectures = [
  ...['amd64', 'i386', 'arm64', 'armhf', 'armel', 'x32', 'ppc64el', 'ppc64', 'powerpc', 'riscv64', 's390x'],
  ...['loong64', 'mips64el', 'mipsel', 'sparc64', 'alpha', 'hppa', 'ia64', 'm68k', 'sh4'],
];

export const debPackageFiles: Table = defineTable({
  name: 'deb_package_files',
  description: 'Files and directories that packages of the dpkg database brought.',
  columns: {
    package: text({ index: true, optimized: true }),
    path: text({ index: true }),
    admindir: text({ additional: true, optimized: true }),
  },
  *generate(query) {
    const paths = query.equals('path');
    for (const admindir of query.equals('admindir') ?? [defaultAdmindir]) {
      if (!admindir.startsWith('/')) continue;
      for (const list of listsOf(query.files, admindir, query.equals('package'))) {
        for (const path of linesOf(query.files.readText(list.path) ?? '')) {
          if (paths?.includes(path) !== false) yield { package: list.package, path, admindir };
        }
      }
    }
  },
});

interface FileList {
  readonly package: string;
  readonly path: string;
}

/** Lists of the packages asked for, else of all. */
function* listsOf(
  files: HostFiles,
  admindir: string,
  asked: readonly string[] | undefined,
): Generator<FileList> {
  const info = `${admindir}/info`;
  for (const name of asked ?? []) {
    // A name with a slash would lead out of the directory.
    if (!/^[a-z0-9][a-z0-9.+-]*$/.test(name)) continue;
    for (const each of [name, ...architectures.map((architecture) => `${name}:${architecture}`)])
      yield { package: name, path: `${info}/${each}${suffix}` };
  }
  if (asked !== undefined) return;
  for (const file of (files.list(info) ?? []).filter((name) => name.endsWith(suffix)).toSorted()) {
    const [name = ''] = file.slice(0, -suffix.length).split(':');
    yield { package: name, path: `${info}/${file}` };
  }
}

/** A path a line; the last line has its end, too. */
const linesOf = (content: string): string[] => content.split('\n').filter((line) => line !== '');
