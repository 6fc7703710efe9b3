import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';
import { KeptReadings } from '../host/kept-readings.ts';
import { machineName } from '../host/machine.ts';

const defaultAdmindir = '/var/lib/dpkg';
const suffix = '.list';

/** Debian's name of the architecture of a machine. */
const architectureOf: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  i686: 'i386',
  aarch64: 'arm64',
  armv7l: 'armhf',
  armv6l: 'armel',
  ppc64le: 'ppc64el',
  riscv64: 'riscv64',
  s390x: 's390x',
  loongarch64: 'loong64',
  mips64: 'mips64el',
};

/** What a path belongs to is found only where every list is read. So many are kept in some 120 MiB. */
const kept = new KeptReadings<PackageFile>(600_000);

export const debPackageFiles: Table = defineTable({
  name: 'deb_package_files',
  description: 'Files and directories that packages of the dpkg database brought.',
  columns: {
    package: text({ index: true, optimized: true, filled: true }),
    path: text({ index: true, filled: true }),
    admindir: text({ additional: true, optimized: true }),
  },
  *generate(query) {
    const [paths, packages] = [query.equals('path'), query.equals('package')];
    for (const admindir of query.equals('admindir') ?? [defaultAdmindir]) {
      if (!admindir.startsWith('/')) continue;
      const readAll = (): Iterable<PackageFile> => packageFiles(query.files, admindir, packages);
      const found =
        paths === undefined || packages !== undefined
          ? readAll()
          : kept.lookUp(query.files, admindir, { keys: paths, textsOf: ({ path }) => [path], readAll });
      for (const file of found) if (paths?.includes(file.path) !== false) yield { ...file, admindir };
    }
  },
});

interface PackageFile {
  readonly package: string;
  readonly path: string;
}

/** Files of the packages asked for, else of all. */
function* packageFiles(
  files: HostFiles,
  admindir: string,
  packages: readonly string[] | undefined,
): Generator<PackageFile> {
  for (const list of listsOf(files, admindir, packages))
    for (const path of linesOf(files.readText(list.path) ?? '')) yield { package: list.package, path };
}

/** Lists of the packages asked for, else of all; `path` is that of the list. */
function* listsOf(
  files: HostFiles,
  admindir: string,
  asked: readonly string[] | undefined,
): Generator<PackageFile> {
  const info = `${admindir}/info`;
  if (asked !== undefined) {
    const suffixes = asked.length === 0 ? [] : nameSuffixes(files, admindir);
    // A name with a slash would lead out of the directory. dpkg lets an underscore pass, which Debian itself has in none.
    for (const name of asked.filter((each) => /^[a-z0-9][a-z0-9.+_-]*$/.test(each)))
      for (const path of pathsOf(files, `${info}/${name}`, suffixes)) yield { package: name, path };
    return;
  }
  for (const file of (files.list(info) ?? []).filter((name) => name.endsWith(suffix)).toSorted()) {
    const [name = ''] = file.slice(0, -suffix.length).split(':');
    yield { package: name, path: `${info}/${file}` };
  }
}

/**
 * What follows a package's name in the names of its lists: nothing, or, where it may be there for several architectures,
 * one of them (`libc6:amd64.list`). Trying them spares a join by package to go through the whole directory for each.
 */
const nameSuffixes = (files: HostFiles, admindir: string): readonly string[] => {
  // dpkg has this file once a second architecture was added.
  const known = files.readText(`${admindir}/arch`)?.split('\n') ?? [
    architectureOf[machineName(files) ?? ''] ?? '',
  ];
  return ['', ...known.filter((each) => each !== '').map((each) => `:${each}`)];
};

/** Lists that are there. The system's programs may be of an older architecture than its kernel: then all are tried. */
const pathsOf = (files: HostFiles, start: string, suffixes: readonly string[]): string[] => {
  const others = Object.values(architectureOf).map((each) => `:${each}`);
  for (const tried of [suffixes, others]) {
    const paths = tried.map((each) => `${start}${each}${suffix}`);
    const present = paths.filter((path) => files.stat(path) !== undefined);
    if (present.length > 0) return present;
  }
  return [];
};

/** A path a line; the last line has its end, too. */
const linesOf = (content: string): string[] => content.split('\n').filter((line) => line !== '');
