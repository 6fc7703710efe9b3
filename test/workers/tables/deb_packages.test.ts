import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { askHost, scratch } from './ask-host.ts';

t.test(
  'the packages that dpkg-query lists',
  { skip: !existsSync('/usr/bin/dpkg-query') && 'there is no dpkg here' },
  async (t) => {
    const fields =
      'binary:Package;Version;source:Package;Installed-Size;Architecture;db:Status-Want;Maintainer;Section;Priority';
    const format = fields.replaceAll(/[^;]+/g, (field) => `$\{${field}}`).replaceAll(';', '\\t');
    const output = execFileSync('dpkg-query', ['-W', '-f', `${format}\\n`], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
      maxBuffer: 2 ** 26,
    });
    const expected = output
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [name = '', version, source, size, arch, want, maintainer, section, priority] =
          line.split('\t');
        const columns = [size === '' ? null : Number(size), arch, want, maintainer, section, priority];
        return JSON.stringify([name.replace(/:.*/, ''), version, source, ...columns]);
      });
    const { rows, failure, paths } = askHost('SELECT * FROM deb_packages');
    t.equal(failure, undefined);
    t.ok(expected.length > 10);
    t.ok(paths < 10);
    const found = rows.map((row) => {
      // An empty Source field stands for the package's own name; a version in brackets follows where it differs.
      const source = row.source === '' ? row.name : String(row.source).replace(/ \(.*/, '');
      const want = String(row.status).split(' ')[0];
      const columns = [row.size, row.arch, want, row.maintainer, row.section, row.priority];
      return JSON.stringify([row.name, row.version, source, ...columns]);
    });
    t.strictSame(found.toSorted(), expected.toSorted());
    for (const { version, revision, admindir } of rows) {
      t.equal(revision, /-([^-]*)$/.exec(String(version))?.[1] ?? '');
      t.equal(admindir, '/var/lib/dpkg');
    }
  },
);

const status = `Package: kept
Status: install ok installed
Maintainer: J\u00fcrgen <j@example.org>
Architecture: amd64
Version: 1:2.0-rc1-3

Package: known
Status: unknown ok not-installed
Architecture: amd64

Status: install ok installed
Version: 1

Package: removed
Status: deinstall ok config-files
Installed-Size: 12 KiB
Version: 5
`;

t.test('states, sizes and revisions', async (t) => {
  const root = scratch(t);
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status'), status);
  const columns = 'name, version, revision, size, status, maintainer, arch, priority';
  const { rows } = askHost(`SELECT ${columns} FROM deb_packages`, root);
  t.strictSame(
    rows.map((row) => Object.values(row)),
    [
      ['kept', '1:2.0-rc1-3', '3', null, 'install ok installed', 'Jürgen <j@example.org>', 'amd64', ''],
      ['removed', '5', '', null, 'deinstall ok config-files', '', '', ''],
    ],
  );
  const newer = askHost("SELECT name FROM deb_packages WHERE version > '1:1.9'", root).rows;
  t.strictSame(newer, [{ name: 'kept' }], 'versions compare as dpkg compares them');
  t.strictSame(askHost('SELECT count(*) AS n FROM deb_packages', root).rows, [{ n: 2 }]);
});

t.test('a join that scans the packages for each row of another table reads them twice', async (t) => {
  const root = scratch(t);
  mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status'), `${status}\n`.repeat(20));
  const one = askHost('SELECT name FROM deb_packages', root);
  const joined = askHost('SELECT a.name FROM deb_packages a JOIN deb_packages b ON a.name = b.name', root);
  t.equal(one.rows.length, 40);
  t.equal(joined.rows.length, 2 * 20 * 20);
  t.equal(joined.read_bytes, 2 * one.read_bytes);
});

t.test('changes that are not merged yet', async (t) => {
  const root = scratch(t);
  const updates = join(root, 'var/lib/dpkg/updates');
  mkdirSync(updates, { recursive: true });
  writeFileSync(join(root, 'var/lib/dpkg/status'), status);
  const changed = (version: string): string =>
    `Package: kept\nStatus: install ok half-configured\nArchitecture: amd64\nVersion: ${version}\n`;
  writeFileSync(join(updates, '0001'), changed('4'));
  writeFileSync(
    join(updates, '0002'),
    `${changed('3')}\nPackage: new\nStatus: install ok unpacked\nVersion: 1-1\n`,
  );
  writeFileSync(join(updates, '0003'), 'Package: removed\nStatus: purge ok not-installed\n');
  writeFileSync(join(updates, 'tmp.i'), 'Package: torn\nStatus: install ok inst');
  t.strictSame(
    askHost('SELECT name, version FROM deb_packages', root).rows.map((row) => Object.values(row)),
    [
      ['kept', '3'],
      ['new', '1-1'],
    ],
  );
});

t.test('other databases, and none', async (t) => {
  const root = scratch(t);
  for (const [name, content] of [
    ['one', status],
    ['two', 'Package: b\nStatus: install ok installed\n'],
    ['empty', ''],
    ['binary', Buffer.from([0xff, 0, 0x0a, 0x0a, 0xfe])],
  ] as const) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'status'), content);
  }
  mkdirSync(join(root, 'fifo'));
  execFileSync('mkfifo', [join(root, 'fifo/status')]);
  const ask = (where: string): unknown =>
    askHost(`SELECT name, admindir FROM deb_packages ${where}`, root).rows.map((row) => Object.values(row));
  t.strictSame(ask("WHERE admindir IN ('/one', '/two', '/empty', '/binary', '/fifo', '/none', 'two')"), [
    ['kept', '/one'],
    ['removed', '/one'],
    ['b', '/two'],
  ]);
  t.strictSame(ask("WHERE admindir = '/two'"), [['b', '/two']]);
  t.strictSame(ask(''), []);
});
