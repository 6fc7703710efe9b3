import { spawnSync } from 'node:child_process';
import t from 'tap';
import { debPackageFiles } from '../../../workers/tables/deb_package_files.ts';
import { askHost } from './ask-host.ts';
import { scan, tree } from './run-table.ts';

const lists = {
  'bash.list': '/.\n/bin\n/bin/bash\n',
  'libc6:amd64.list': '/.\n/lib\n',
  'bash.md5sums': 'x',
  'empty.list': '',
  'my_tool.list': '/opt/my_tool\n',
  'odd.list': '/with blank\n/caf\u00e9\r\n/torn',
};
const host = { var: { lib: { dpkg: { info: lists } } }, srv: { info: { 'other.list': '/srv\n' } } };

t.test('the lists of all packages', async (t) => {
  const root = tree(t, host);
  const rows = (equals: Record<string, string[]> = {}): unknown[] =>
    scan(debPackageFiles, { root, equals }).rows.map((row) => [row.package, row.path]);
  t.strictSame(rows(), [
    ['bash', '/.'],
    ['bash', '/bin'],
    ['bash', '/bin/bash'],
    ['libc6', '/.'],
    ['libc6', '/lib'],
    ['my_tool', '/opt/my_tool'],
    ['odd', '/with blank'],
    ['odd', '/caf\u00e9\r'],
    ['odd', '/torn'],
  ]);
  t.strictSame(rows({ path: ['/.'] }), [
    ['bash', '/.'],
    ['libc6', '/.'],
  ]);
  t.strictSame(rows({ admindir: ['/srv', 'relative'] }), [['other', '/srv']]);
  t.strictSame(scan(debPackageFiles).rows, []);
});

t.test('only the lists of what is asked for', async (t) => {
  const root = tree(t, host);
  const asked = scan(debPackageFiles, {
    root,
    equals: { package: ['libc6', '../../../../srv/info/other', 'x'] },
  });
  const list = '/var/lib/dpkg/info/libc6:amd64.list';
  t.strictSame(asked.opened, [list, list], 'found among all architectures');
  t.equal(asked.rows.length, 2);
  const { rows } = scan(debPackageFiles, { root, equals: { package: ['my_tool'] } });
  t.match(rows, [{ package: 'my_tool', path: '/opt/my_tool' }], 'a name that Debian itself would not give');
  const arch = {
    var: { lib: { dpkg: { arch: 'amd64\ni386\n', info: { ...lists, 'libc6:i386.list': '/lib32\n' } } } },
  };
  const both = scan(debPackageFiles, { root: tree(t, arch), equals: { package: ['libc6'] } }).rows;
  t.strictSame(
    both.map(({ path }) => path),
    ['/.', '/lib', '/lib32'],
    'of both architectures',
  );
});

const dpkg = spawnSync('dpkg-query', ['-L', 'dpkg'], { encoding: 'utf8' });
t.test('agrees with dpkg-query', { skip: dpkg.status !== 0 && 'needs dpkg' }, async (t) => {
  for (const name of ['dpkg', 'libc6']) {
    const told = spawnSync('dpkg-query', ['-L', name], { encoding: 'utf8' }).stdout.trim().split('\n');
    const { rows } = askHost(`SELECT path FROM deb_package_files WHERE package = '${name}'`);
    t.strictSame(
      rows.map(({ path }) => path),
      told.filter((line) => line.startsWith('/')),
      name,
    );
  }
});
