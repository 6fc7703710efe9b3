import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { machineName } from '../host/machine.ts';
import { mountNamespace, namespaceRoots } from '../host/namespaces.ts';
import { parseOsRelease } from '../parsers/os-release.ts';
import { parseRedhatRelease } from '../parsers/redhat-release.ts';

export const osVersion: Table = defineTable({
  name: 'os_version',
  description: 'Name and version of the operating system.',
  example: 'SELECT name, version, platform_like FROM os_version;',
  columns: {
    name: text(),
    version: text({ collate: 'VERSION' }),
    major: integer(),
    minor: integer(),
    patch: integer(),
    build: text(),
    platform: text(),
    platform_like: text(),
    codename: text(),
    arch: text(),
    extra: text({ hidden: true }),
    install_date: bigint({ hidden: true }),
    revision: integer({ hidden: true }),
    pid_with_namespace: integer({ additional: true, hidden: true }),
    mount_namespace_id: text({ hidden: true }),
  },
  *generate(query) {
    for (const { pid, files } of namespaceRoots(query)) {
      // A process that is gone has no operating system; the host always has one, if unknown.
      if (pid !== 0 && files.stat('/') === undefined) continue;
      yield {
        ...releaseOf(files),
        // Containers share the kernel, so the host's answer is theirs.
        arch: query.uses('arch') ? machineName(query.files) : undefined,
        pid_with_namespace: pid,
        mount_namespace_id: query.uses('mount_namespace_id') ? mountNamespace(query.files, pid) : undefined,
      };
    }
  },
});

interface Release {
  readonly name: string;
  readonly version?: string | undefined;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly build?: string | undefined;
  readonly platform: string;
  readonly platform_like?: string | undefined;
  readonly codename?: string | undefined;
}

/** os-release, overruled by the release file of the Red Hat and Gentoo families as osquery does it. */
const releaseOf = (files: HostFiles): Release => {
  // /etc/os-release is a link to the second path where it exists at all (os-release(5)).
  const content = files.readText('/etc/os-release') ?? files.readText('/usr/lib/os-release') ?? '';
  const base = fromOsRelease(parseOsRelease(content));
  const redhat = files.readText('/etc/redhat-release');
  if (redhat !== undefined) return familyRelease(base, 'rhel', redhat);
  const gentoo = files.readText('/etc/gentoo-release');
  return gentoo === undefined ? base : familyRelease(base, 'gentoo', gentoo);
};

const fromOsRelease = (values: ReadonlyMap<string, string>): Release => {
  const [major, minor, patch] = (values.get('VERSION_ID') ?? '').split('.');
  const codenameKey = [...values.keys()].find((key) => key.includes('CODENAME'));
  return {
    name: values.get('NAME') ?? 'Unknown',
    version: values.get('VERSION'),
    major: leadingNumber(major),
    minor: leadingNumber(minor),
    patch: leadingNumber(patch),
    build: values.get('BUILD_ID'),
    platform: values.get('ID') ?? 'posix',
    platform_like: values.get('ID_LIKE'),
    // Distributions invent names of their own for it, such as UBUNTU_CODENAME. In osquery whichever is last counts.
    codename: values.get('VERSION_CODENAME') ?? (codenameKey && values.get(codenameKey)),
  };
};

const familyRelease = (base: Release, family: 'rhel' | 'gentoo', content: string): Release => ({
  ...base,
  ...parseRedhatRelease(content),
  version: content.trim().replaceAll(/\s+/g, ' '),
  build: '',
  platform: family,
  platform_like: family,
});

const leadingNumber = (part: string | undefined): number => Number(/^\d+/.exec(part ?? '')?.[0] ?? 0);
