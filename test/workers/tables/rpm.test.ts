import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { askHost, type HostAnswer, scratch } from './ask-host.ts';
import { bash, kernel, makeSqlite } from './rpm-databases.ts';
import { installWithRpm, noRpm } from './rpm-installed.ts';

const cells = ({ rows }: HostAnswer): unknown => rows.map((row) => Object.values(row));
const packagesSql =
  'SELECT name, version, release, source, size, sha1, arch, epoch, install_time, vendor, package_group FROM rpm_packages';

t.test('packages and their files', async (t) => {
  const root = scratch(t);
  makeSqlite(t, root, [bash, kernel]);
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
  makeSqlite(t, root, [bash, Buffer.from('no header'), kernel]);
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
  makeSqlite(t, root, [bash]);
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

t.test('no database, one that is none, and a link', async (t) => {
  t.match(askHost('SELECT * FROM rpm_packages', scratch(t)), { rows: [], warnings: [], failure: undefined });
  const broken = scratch(t);
  mkdirSync(join(broken, 'usr/lib/sysimage/rpm'), { recursive: true });
  writeFileSync(join(broken, 'usr/lib/sysimage/rpm/rpmdb.sqlite'), 'x'.repeat(5000));
  t.match(askHost('SELECT * FROM rpm_packages', broken), {
    rows: [],
    warnings: [/not a database/],
    failure: undefined,
  });
  const linked = scratch(t);
  makeSqlite(t, linked, [kernel]);
  mkdirSync(join(linked, 'var/lib'), { recursive: true });
  symlinkSync('../../usr/lib/sysimage/rpm', join(linked, 'var/lib/rpm'));
  t.strictSame(
    cells(askHost('SELECT name FROM rpm_packages', linked)),
    [['kernel']],
    'one database under two names',
  );
});

t.test('what rpm itself installed is shown as rpm shows it', { skip: noRpm }, async (t) => {
  const root = scratch(t);
  const query = installWithRpm(root);
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
  const four = files.map(([name, path, user, group, mode, ...rest]) => [
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
