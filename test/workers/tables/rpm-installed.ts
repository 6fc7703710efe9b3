import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why rpm cannot install here; false when it can. */
export const noRpm: string | false =
  spawnSync('rpmbuild', ['--version']).status !== 0 && 'there is no rpm(8) and rpmbuild(8) here';

const spec = `Name: hostile-name
Version: 1.5~rc1
Release: 2
Epoch: 7
Summary: For a test
License: none
Group: Some/Group
Vendor: Nobody
BuildArch: noarch
%description
%install
mkdir -p %{buildroot}/opt/x
echo content > "%{buildroot}/opt/x/with blank"
: > %{buildroot}/opt/x/empty
%files
%dir %attr(1777, root, mail) /opt/x
%attr(4711, daemon, root) "/opt/x/with blank"
/opt/x/empty
`;

/** Asks rpm for a format of every package; gives the lines, each in its parts between bars. */
export type RpmQuery = (format: string) => readonly (readonly string[])[];

/** What asks rpm for what is in a directory, which is read as one of its formats. */
export const rpmQuery =
  (directory: string, backend: 'sqlite' | 'bdb_ro'): RpmQuery =>
  (format) =>
    execFileSync('rpm', [...databaseIn(directory, backend), '-qa', '--qf', format], homeIn(directory))
      .trimEnd()
      .split('\n')
      .map((line) => line.split('|'));

/** Builds a package and installs it into the database below a root; gives what asks rpm for it. */
export const installWithRpm = (root: string): RpmQuery => {
  writeFileSync(join(root, 'a.spec'), spec);
  execFileSync(
    'rpmbuild',
    ['-bb', '--define', `_topdir ${root}/build`, '--define', '_build_id_links none', join(root, 'a.spec')],
    homeIn(root),
  );
  const directory = join(root, 'usr/lib/sysimage/rpm');
  const built = join(root, 'build/RPMS/noarch/hostile-name-1.5~rc1-2.noarch.rpm');
  mkdirSync(directory, { recursive: true });
  const install = ['--justdb', '--nodeps', '--ignorearch', '--ignoreos', '-i', built];
  execFileSync('rpm', [...databaseIn(directory, 'sqlite'), ...install], homeIn(root));
  return rpmQuery(directory, 'sqlite');
};

const databaseIn = (directory: string, backend: string): readonly string[] => [
  ...['--define', `_dbpath ${directory}`],
  ...['--define', `_db_backend ${backend}`],
];

const homeIn = (directory: string) =>
  ({
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: directory, LC_ALL: 'C.UTF-8' },
    stdio: 'pipe',
  }) as const;
