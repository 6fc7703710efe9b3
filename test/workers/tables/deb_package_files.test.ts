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

t.test('a join that asks for one path after the other reads each list twice', async (t) => {
  const info = Object.fromEntries(
    Array.from({ length: 50 }, (_, index) => [`p${index}.list`, `/.\n/usr\n/usr/p${index}\n`]),
  );
  const root = tree(t, { var: { lib: { dpkg: { info } } }, srv: { info: { 'other.list': '/usr/p3\n' } } });
  const asked = Array.from({ length: 50 }, (_, index) => `SELECT '/usr/p${index}' AS path`);
  const join = (paths: readonly string[], more = ''): string =>
    `SELECT path, package FROM (${paths.join(' UNION ALL ')}) JOIN deb_package_files USING (path) ${more}`;
  const one = askHost(join(asked.slice(0, 1)), root);
  const many = askHost(join(asked), root);
  t.strictSame(one.rows, [{ path: '/usr/p0', package: 'p0' }]);
  t.equal(many.rows.length, 50);
  t.strictSame([many.paths, many.read_bytes], [one.paths * 2, one.read_bytes * 2]);
  t.equal(askHost(join(["SELECT '/usr' AS path"]), root).rows.length, 50, 'a directory of all of them');
  t.equal(askHost(join(["SELECT '/nowhere' AS path"]), root).rows.length, 0);
  t.strictSame(askHost(join(asked.slice(2, 4), "WHERE admindir = '/srv'"), root).rows, [
    { path: '/usr/p3', package: 'other' },
  ]);
  const empty = askHost(join(["SELECT '' AS path", "SELECT ''"]), root);
  t.strictSame(
    [empty.rows, empty.paths],
    [[], 0],
    'what has no path, as threads of the kernel, is not looked for',
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
