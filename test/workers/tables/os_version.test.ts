import { spawnSync } from 'node:child_process';
import t from 'tap';
import { osVersion } from '../../../workers/tables/os_version.ts';
import { fixture, scan } from './run-table.ts';

t.test('eight distributions', async (t) => {
  const seen = (name: string): unknown[] => {
    const [row] = scan(osVersion, { root: fixture(name) }).rows;
    return [
      row?.name,
      row?.version,
      row?.major,
      row?.minor,
      row?.patch,
      row?.platform,
      row?.platform_like,
      row?.codename,
    ];
  };
  const none = undefined;
  t.strictSame(seen('debian-12'), [
    'Debian GNU/Linux',
    '12 (bookworm)',
    12,
    0,
    0,
    'debian',
    none,
    'bookworm',
  ]);
  t.strictSame(seen('ubuntu-24.04'), [
    'Ubuntu',
    '24.04.1 LTS (Noble Numbat)',
    24,
    4,
    0,
    'ubuntu',
    'debian',
    'noble',
  ]);
  t.strictSame(seen('alpine-3.20'), ['Alpine Linux', none, 3, 20, 3, 'alpine', none, none]);
  t.strictSame(seen('opensuse-leap-15.6'), [
    'openSUSE Leap',
    '15.6',
    15,
    6,
    0,
    'opensuse-leap',
    'suse opensuse',
    none,
  ]);
  const rocky = 'Rocky Linux release 9.4 (Blue Onyx)';
  t.strictSame(seen('rocky-9'), ['Rocky Linux', rocky, 9, 4, 0, 'rhel', 'rhel', none]);
  const centos = 'CentOS Linux release 7.9.2009 (Core)';
  t.strictSame(seen('centos-7'), ['CentOS Linux', centos, 7, 9, 2009, 'rhel', 'rhel', none]);
  t.strictSame(seen('fedora-41'), [
    'Fedora Linux',
    'Fedora release 41 (Forty One)',
    41,
    0,
    0,
    'rhel',
    'rhel',
    '',
  ]);
  const gentoo = 'Gentoo Base System release 2.15';
  t.strictSame(seen('gentoo'), ['Gentoo Base System', gentoo, 2, 15, 0, 'gentoo', 'gentoo', none]);
});

t.test('architecture from the kernel, or from the processor on kernels before 6.1', async (t) => {
  const arch = (name: string): unknown => scan(osVersion, { root: fixture(name) }).rows[0]?.arch;
  t.equal(arch('debian-12'), 'x86_64');
  t.equal(arch('raspberry-pi-os'), 'aarch64');
  t.equal(arch('rocky-9'), undefined);
  t.strictSame(scan(osVersion, { root: fixture('debian-12'), columns: ['name'] }).opened, [
    '/etc/os-release',
  ]);
});

t.test('a host that says nothing, and one that says it elsewhere', async (t) => {
  t.match(scan(osVersion).rows, [{ name: 'Unknown', major: 0, minor: 0, patch: 0, platform: 'posix' }]);
  const root = t.testdir({
    usr: { lib: { 'os-release': 'NAME=Elsewhere\nVERSION_ID=1.2rc3\nX_CODENAME=own\n' } },
  });
  t.match(scan(osVersion, { root }).rows, [{ name: 'Elsewhere', major: 1, minor: 2, codename: 'own' }]);
});

t.test('the system of another process', async (t) => {
  const root = t.testdir({
    etc: { 'os-release': 'NAME=Outer' },
    proc: {
      sys: { kernel: { arch: 'x86_64\n' } },
      7: {
        root: { etc: { 'os-release': 'NAME=Inner' } },
        ns: { mnt: t.fixture('symlink', 'mnt:[4026532000]') },
      },
    },
  });
  const { rows } = scan(osVersion, { root, equals: { pid_with_namespace: ['7', '8'] } });
  t.equal(rows.length, 1, 'process 8 is gone');
  t.match(rows[0], {
    name: 'Inner',
    arch: 'x86_64',
    pid_with_namespace: 7,
    mount_namespace_id: '4026532000',
  });
});

const uname = spawnSync('uname', ['-m'], { encoding: 'utf8' });
t.test('agrees with uname', { skip: uname.status !== 0 && 'needs uname' }, async (t) => {
  t.equal(`${scan(osVersion, { root: '/' }).rows[0]?.arch}\n`, uname.stdout);
});

const sh = spawnSync('sh', ['-c', '. /etc/os-release && echo "$NAME|$VERSION"'], { encoding: 'utf8' });
t.test('agrees with sh about this host', { skip: sh.status !== 0 && 'needs /etc/os-release' }, async (t) => {
  const [row] = scan(osVersion, { root: '/' }).rows;
  if (row?.platform === 'rhel' || row?.platform === 'gentoo') return;
  t.equal(`${row?.name}|${row?.version ?? ''}\n`, sh.stdout);
});
