import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { mountNamespace, namespaceRoots } from '../host/namespaces.ts';
import { rpmHeaders } from '../host/rpm-database.ts';
import { type RpmHeader, rpmTag } from '../parsers/rpm-header.ts';

const tags = [
  rpmTag.name,
  rpmTag.version,
  rpmTag.release,
  rpmTag.sourceRpm,
  rpmTag.size,
  rpmTag.longSize,
  rpmTag.sha1,
  rpmTag.arch,
  rpmTag.epoch,
  rpmTag.installTime,
  rpmTag.vendor,
  rpmTag.group,
];

/** RPM's databases of every format: SQLite, NDB (SUSE) and Berkeley DB (Red Hat's before version 9). */
export const rpmPackages: Table = defineTable({
  name: 'rpm_packages',
  description: 'Installed packages of RPM.',
  cacheable: true,
  columns: {
    name: text({ index: true, optimized: true, filled: true }),
    version: text({ index: true, collate: 'VERSION_RHEL' }),
    release: text({ index: true }),
    source: text(),
    size: bigint(),
    sha1: text({ collate: 'NOCASE' }),
    arch: text({ index: true }),
    epoch: integer({ index: true }),
    install_time: integer(),
    vendor: text(),
    package_group: text(),
    pid_with_namespace: integer({ additional: true, hidden: true }),
    mount_namespace_id: text({ hidden: true }),
  },
  *generate(query) {
    const names = query.equals('name');
    const search = names === undefined ? { tags } : { tags, index: { name: 'Name', keys: names } as const };
    for (const { pid, files } of namespaceRoots(query)) {
      const mount_namespace_id = query.uses('mount_namespace_id')
        ? mountNamespace(query.files, pid)
        : undefined;
      for (const header of rpmHeaders(query, files, search))
        yield { ...rowOf(header), pid_with_namespace: pid, mount_namespace_id };
    }
  },
});

const rowOf = (header: RpmHeader) => ({
  name: header.text(rpmTag.name),
  version: header.text(rpmTag.version),
  release: header.text(rpmTag.release),
  source: header.text(rpmTag.sourceRpm),
  size: header.number(rpmTag.longSize) ?? header.number(rpmTag.size),
  sha1: header.text(rpmTag.sha1),
  arch: header.text(rpmTag.arch),
  epoch: header.number(rpmTag.epoch),
  install_time: header.number(rpmTag.installTime),
  vendor: header.text(rpmTag.vendor),
  package_group: header.text(rpmTag.group),
});
