import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { rpmTag } from '../../../workers/parsers/rpm-header.ts';
import { encodeHeader, type TagValue } from '../parsers/rpm-encoder.ts';
import { askHost, type HostAnswer, scratch } from './ask-host.ts';

type Tags = readonly (readonly [number, TagValue])[];

const bash: Tags = [
  [rpmTag.sha1, { string: 'c0ffee' }],
  [rpmTag.name, { string: 'bash' }],
  [rpmTag.version, { string: '5.2.32' }],
  [rpmTag.release, { string: '1.fc41' }],
  [rpmTag.installTime, { int32: [1_730_000_000] }],
  [rpmTag.size, { int32: [8_400_000] }],
  [rpmTag.vendor, { string: 'Fedora Project' }],
  [rpmTag.group, { i18n: ['Unspecified'] }],
  [rpmTag.arch, { string: 'x86_64' }],
  [rpmTag.sourceRpm, { string: 'bash-5.2.32-1.fc41.src.rpm' }],
  [rpmTag.fileSizes, { int32: [1_400_000, 4] }],
  [rpmTag.fileModes, { int16: [0o100755, 0o120777] }],
  [rpmTag.fileDigests, { strings: ['ab'.repeat(32), ''] }],
  [rpmTag.fileUsers, { strings: ['root', 'root'] }],
  [rpmTag.fileGroups, { strings: ['root', 'root'] }],
  [rpmTag.directoryIndexes, { int32: [0, 0] }],
  [rpmTag.baseNames, { strings: ['bash', 'sh'] }],
  [rpmTag.directoryNames, { strings: ['/usr/bin/'] }],
  [rpmTag.fileDigestAlgorithm, { int32: [8] }],
];
const kernel: Tags = [
  [rpmTag.name, { string: 'kernel' }],
  [rpmTag.version, { string: '6.11' }],
  [rpmTag.release, { string: '1' }],
  [rpmTag.epoch, { int32: [3] }],
  [rpmTag.longSize, { int64: [5_000_000_000n] }],
];

/** A database as rpm 4.16 and later makes it; the connection stays open, so that its log is not merged. */
const makeDatabase = (t: Test, root: string, packages: readonly (Tags | Buffer)[]): void => {
  const directory = join(root, 'usr/lib/sysimage/rpm');
  mkdirSync(directory, { recursive: true });
  const db = new Database(join(directory, 'rpmdb.sqlite'));
  t.teardown(() => db.close());
  db.pragma('journal_mode = WAL');
  db.exec(`CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)`);
  for (const index of ['Name', 'Basenames'])
    db.exec(`CREATE TABLE '${index}' (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)`);
  for (const each of packages) {
    const blob = Buffer.isBuffer(each) ? each : encodeHeader(each);
    const { lastInsertRowid } = db.prepare('INSERT INTO Packages (blob) VALUES (?)').run(blob);
    if (Buffer.isBuffer(each)) continue;
    for (const [tag, value] of each) {
      if (tag === rpmTag.name && 'string' in value)
        db.prepare('INSERT INTO Name VALUES (?, ?, 0)').run(value.string, lastInsertRowid);
      if (tag === rpmTag.baseNames && 'strings' in value)
        for (const name of value.strings)
          db.prepare('INSERT INTO Basenames VALUES (?, ?, 0)').run(name, lastInsertRowid);
    }
  }
};

const cells = ({ rows }: HostAnswer): unknown => rows.map((row) => Object.values(row));
const packagesSql =
  'SELECT name, version, release, source, size, sha1, arch, epoch, install_time, vendor, package_group FROM rpm_packages';

t.test('packages and their files', async (t) => {
  const root = scratch(t);
  makeDatabase(t, root, [bash, kernel]);
  t.strictSame(cells(askHost(packagesSql, root)), [
    [
      'bash',
      '5.2.32',
      '1.fc41',
      'bash-5.2.32-1.fc41.src.rpm',
      8_400_000,
      'c0ffee',
      'x86_64',
      null,
      1_730_000_000,
      'Fedora Project',
      'Unspecified',
    ],
    ['kernel', '6.11', '1', '', 5_000_000_000, '', '', 3, null, '', ''],
  ]);
  t.strictSame(cells(askHost('SELECT * FROM rpm_package_files', root)), [
    ['bash', '/usr/bin/bash', 'root', 'root', '0755', 1_400_000, 'ab'.repeat(32)],
    ['bash', '/usr/bin/sh', 'root', 'root', '0777', 4, ''],
  ]);
  t.strictSame(cells(askHost("SELECT name FROM rpm_packages WHERE version > '5.9'", root)), [['kernel']]);
});

t.test('a name, and a path, are looked up and not searched', async (t) => {
  const root = scratch(t);
  // What is no header is not met by who looks up another package.
  makeDatabase(t, root, [bash, Buffer.from('no header'), kernel]);
  const quiet = (sql: string): unknown => {
    const answer = askHost(sql, root);
    t.strictSame([answer.warnings, answer.failure], [[], undefined], sql);
    return cells(answer);
  };
  t.strictSame(quiet("SELECT name FROM rpm_packages WHERE name = 'kernel'"), [['kernel']]);
  t.strictSame(
    quiet("SELECT name FROM rpm_packages WHERE name IN ('kernel', 'bash', 'none') ORDER BY name"),
    [['bash'], ['kernel']],
  );
  t.strictSame(quiet("SELECT path FROM rpm_package_files WHERE package = 'bash'"), [
    ['/usr/bin/bash'],
    ['/usr/bin/sh'],
  ]);
  t.strictSame(quiet("SELECT package FROM rpm_package_files WHERE path = '/usr/bin/sh'"), [['bash']]);
  t.strictSame(quiet("SELECT package FROM rpm_package_files WHERE path = '/opt/sh'"), []);
  const joined = quiet(
    "SELECT f.path FROM rpm_packages p JOIN rpm_package_files f ON f.package = p.name WHERE p.name = 'bash'",
  );
  t.strictSame(joined, [['/usr/bin/bash'], ['/usr/bin/sh']]);
  const { rows, warnings } = askHost('SELECT name FROM rpm_packages', root);
  t.match([rows.length, warnings], [2, [/a header of a package is malformed/]]);
});

t.test('the database stays as it is, and so does its directory', async (t) => {
  const root = scratch(t);
  makeDatabase(t, root, [bash]);
  const directory = join(root, 'usr/lib/sysimage/rpm');
  const picture = (): unknown =>
    readdirSync(directory).map((name) => [
      name,
      statSync(join(directory, name)),
      readFileSync(join(directory, name), 'hex'),
    ]);
  const before = JSON.stringify(picture(), (key, value: unknown) =>
    key.startsWith('atime') ? undefined : value,
  );
  t.equal(askHost('SELECT name FROM rpm_packages', root).rows.length, 1);
  t.equal(
    JSON.stringify(picture(), (key, value: unknown) => (key.startsWith('atime') ? undefined : value)),
    before,
  );
});

t.test('no database, one of another format, one that is none, and a link', async (t) => {
  t.match(askHost('SELECT * FROM rpm_packages', scratch(t)), { rows: [], warnings: [], failure: undefined });
  const old = scratch(t);
  mkdirSync(join(old, 'var/lib/rpm'), { recursive: true });
  writeFileSync(join(old, 'var/lib/rpm/Packages'), 'BDB');
  t.match(askHost('SELECT * FROM rpm_package_files', old), {
    rows: [],
    warnings: [/\/var\/lib\/rpm\/Packages: .*not read/],
  });
  const broken = scratch(t);
  mkdirSync(join(broken, 'usr/lib/sysimage/rpm'), { recursive: true });
  writeFileSync(join(broken, 'usr/lib/sysimage/rpm/rpmdb.sqlite'), 'x'.repeat(5000));
  t.match(askHost('SELECT * FROM rpm_packages', broken), {
    rows: [],
    warnings: [/not a database/],
    failure: undefined,
  });
  const linked = scratch(t);
  makeDatabase(t, linked, [kernel]);
  mkdirSync(join(linked, 'var/lib'), { recursive: true });
  symlinkSync('../../usr/lib/sysimage/rpm', join(linked, 'var/lib/rpm'));
  t.strictSame(
    cells(askHost('SELECT name FROM rpm_packages', linked)),
    [['kernel']],
    'one database under two names',
  );
});

const noRpm = spawnSync('rpmbuild', ['--version']).status !== 0 && 'there is no rpm(8) and rpmbuild(8) here';

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

t.test('what rpm itself installed is shown as rpm shows it', { skip: noRpm }, async (t) => {
  const root = scratch(t);
  writeFileSync(join(root, 'a.spec'), spec);
  const home = {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: root, LC_ALL: 'C.UTF-8' },
    stdio: 'pipe',
  } as const;
  execFileSync(
    'rpmbuild',
    ['-bb', '--define', `_topdir ${root}/build`, '--define', '_build_id_links none', join(root, 'a.spec')],
    home,
  );
  const dbpath = ['--define', `_dbpath ${root}/usr/lib/sysimage/rpm`, '--define', '_db_backend sqlite'];
  const built = join(root, 'build/RPMS/noarch/hostile-name-1.5~rc1-2.noarch.rpm');
  mkdirSync(join(root, 'usr/lib/sysimage/rpm'), { recursive: true });
  execFileSync('rpm', [...dbpath, '--justdb', '--nodeps', '--ignorearch', '--ignoreos', '-i', built], home);
  const query = (format: string): unknown =>
    execFileSync('rpm', [...dbpath, '-qa', '--qf', format], home)
      .trimEnd()
      .split('\n')
      .map((line) => line.split('|'));
  const texts = (sql: string): unknown =>
    askHost(sql, root).rows.map((row) => Object.values(row).map(String));
  t.strictSame(
    texts(packagesSql),
    query(
      '%{NAME}|%{VERSION}|%{RELEASE}|%{SOURCERPM}|%{SIZE}|%{SHA1HEADER}|%{ARCH}|%{EPOCH}|%{INSTALLTIME}|%{VENDOR}|%{GROUP}\\n',
    ),
  );
  const files = query(
    '[%{=NAME}|%{FILENAMES}|%{FILEUSERNAME}|%{FILEGROUPNAME}|%{FILEMODES:octal}|%{FILESIZES}|%{FILEDIGESTS}\\n]',
  );
  const four = (files as string[][]).map(([name, path, user, group, mode, ...rest]) => [
    name,
    path,
    user,
    group,
    mode?.slice(-4),
    ...rest,
  ]);
  t.strictSame(texts('SELECT * FROM rpm_package_files'), four);
  t.equal(four.length, 3);
  t.strictSame(texts("SELECT package FROM rpm_package_files WHERE path = '/opt/x/with blank'"), [
    ['hostile-name'],
  ]);
});
