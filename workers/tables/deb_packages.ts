import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { KeptReadings } from '../host/kept-readings.ts';
import { mountNamespace, namespaceRoots } from '../host/namespaces.ts';
import { type DpkgField, type DpkgPackage, parseDpkgStatus } from '../parsers/dpkg-status.ts';

const defaultAdmindir = '/var/lib/dpkg';

/** The columns that one field each serves; name and status are always read. */
const fieldOf = [
  ['version', 'Version'],
  ['revision', 'Version'],
  ['source', 'Source'],
  ['size', 'Installed-Size'],
  ['arch', 'Architecture'],
  ['maintainer', 'Maintainer'],
  ['section', 'Section'],
  ['priority', 'Priority'],
] as const;

/** A host has some thousands of packages: so many are kept in some 50 MiB. */
const kept = new KeptReadings<DpkgPackage>(100_000);

export const debPackages: Table = defineTable({
  name: 'deb_packages',
  description: 'Packages of the dpkg database that are installed or have left something behind.',
  example:
    "SELECT name, version FROM deb_packages WHERE status LIKE '%installed%' ORDER BY size DESC LIMIT 10;",
  cacheable: true,
  columns: {
    name: text(),
    version: text({ collate: 'VERSION_DPKG' }),
    source: text(),
    size: bigint(),
    arch: text(),
    revision: text(),
    status: text(),
    maintainer: text(),
    section: text(),
    priority: text(),
    admindir: text({ additional: true, optimized: true }),
    pid_with_namespace: integer({ additional: true, hidden: true }),
    mount_namespace_id: text({ hidden: true }),
  },
  *generate(query) {
    const asked = query.equals('admindir') ?? [defaultAdmindir];
    const admindirs = asked.filter((admindir) => admindir.startsWith('/'));
    const columns = fieldOf.filter(([column]) => query.uses(column));
    const fields = new Set<DpkgField>(['Package', 'Status', ...columns.map(([, field]) => field)]);
    const usesRevision = query.uses('revision');
    for (const { pid, files } of namespaceRoots(query)) {
      const mount_namespace_id = query.uses('mount_namespace_id')
        ? mountNamespace(query.files, pid)
        : undefined;
      for (const admindir of admindirs) {
        const place: Place = { admindir, pid_with_namespace: pid, mount_namespace_id };
        const source = [admindir, ...fields].join(' ');
        for (const each of kept.all(files, source, () => packagesOf(files, admindir, fields))) {
          if (isPresent(each)) yield rowOf(each, place, usesRevision);
        }
      }
    }
  },
});

/**
 * Packages of a database. dpkg writes its changes one by one to numbered files below `updates` and merges them into
 * `status` now and then; a scan may come between (`modstatdb` in dpkg's lib/dpkg/dbmodify.c).
 */
const packagesOf = (
  files: HostFiles,
  admindir: string,
  fields: ReadonlySet<DpkgField>,
): Iterable<DpkgPackage> => {
  const status = files.readText(`${admindir}/status`, 'latin1') ?? '';
  const updates = (files.list(`${admindir}/updates`) ?? []).filter((name) => /^\d+$/.test(name));
  if (updates.length === 0) return parseDpkgStatus(status, [...fields]);
  const keyed = [...fields, 'Architecture'] as const;
  const latest = new Map<string, DpkgPackage>();
  const contents = updates
    .toSorted()
    .map((name) => files.readText(`${admindir}/updates/${name}`, 'latin1') ?? '');
  for (const content of [status, ...contents]) {
    for (const each of parseDpkgStatus(content, [...new Set(keyed)])) {
      latest.set(`${each.Package}:${each.Architecture}`, each);
    }
  }
  return latest.values();
};

/** dpkg keeps a paragraph for packages that it only knows of; they are no packages of this host. */
const isPresent = ({ Package, Status }: DpkgPackage): boolean =>
  Package !== undefined && Status?.endsWith(' not-installed') !== true;

/** Where a database was found. */
interface Place {
  readonly admindir: string;
  readonly pid_with_namespace: number;
  readonly mount_namespace_id: string | undefined;
}

const rowOf = (each: DpkgPackage, place: Place, usesRevision: boolean) => ({
  name: each.Package,
  version: each.Version,
  source: each.Source,
  size: sizeOf(each['Installed-Size']),
  arch: each.Architecture,
  revision: usesRevision ? revisionOf(each.Version ?? '') : undefined,
  status: each.Status,
  maintainer: each.Maintainer,
  section: each.Section,
  priority: each.Priority,
  admindir: place.admindir,
  pid_with_namespace: place.pid_with_namespace,
  mount_namespace_id: place.mount_namespace_id,
});

/** KiB; NULL where it is not told. */
const sizeOf = (field = ''): number | null => (/^\d{1,15}$/.test(field) ? Number(field) : null);

/** What follows the last hyphen (deb-version(7)); '' for a package of Debian's own, which has no revision. */
const revisionOf = (version: string): string => {
  const hyphen = version.lastIndexOf('-');
  return hyphen === -1 ? '' : version.slice(hyphen + 1);
};
