import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { createHostFiles } from '../../../platform/node/host-files/door.ts';
import { blobsIn } from '../../../workers/host/rpm-packages-file.ts';
import { rpmTag } from '../../../workers/parsers/rpm-header.ts';
import { ndbBlobs } from '../../../workers/parsers/rpm-ndb.ts';
import { encodeHeader } from '../parsers/rpm-encoder.ts';
import { askHost, scratch } from './ask-host.ts';
import {
  type BerkeleyShape,
  bash,
  kernel,
  makeBerkeley,
  makeNdb,
  makeSqlite,
  noBerkeley,
  type Tags,
} from './rpm-databases.ts';
import { installWithRpm, noRpm, rpmQuery } from './rpm-installed.ts';

/** A package whose header does not fit on a page of any size. */
const many = Array.from({ length: 3000 }, (_, index) => `file${index}`);
const large: Tags = [
  [rpmTag.name, { string: 'large' }],
  [rpmTag.version, { string: '1' }],
  [rpmTag.directoryIndexes, { int32: many.map(() => 0) }],
  [rpmTag.baseNames, { strings: many }],
  [rpmTag.directoryNames, { strings: ['/usr/share/large/'] }],
];
const small = Array.from(
  { length: 200 },
  (_, index): Tags => [
    [rpmTag.name, { string: `small-${index}` }],
    [rpmTag.version, { string: String(index) }],
  ],
);
const packages = [bash, kernel, large, ...small];
const headers = packages.map((tags) => encodeHeader(tags));

const statements = [
  'SELECT * FROM rpm_packages',
  "SELECT * FROM rpm_packages WHERE name IN ('kernel', 'small-7', 'none')",
  'SELECT * FROM rpm_package_files',
  "SELECT * FROM rpm_package_files WHERE package = 'bash'",
  "SELECT * FROM rpm_package_files WHERE path = '/usr/share/large/file2999'",
  "SELECT * FROM rpm_package_files WHERE path = '/opt/sh'",
] as const;

/** The rows of every statement. A bucket has no order, so theirs is that of their text. */
const rowsOf = (t: Test, root: string): readonly (readonly string[])[] =>
  statements.map((sql) => {
    const { rows, warnings, failure } = askHost(sql, root);
    t.strictSame([warnings, failure], [[], undefined], sql);
    return rows.map((row) => JSON.stringify(Object.values(row))).toSorted();
  });

const inSqlite = (t: Test): readonly (readonly string[])[] => {
  const root = scratch(t);
  makeSqlite(t, root, packages);
  return rowsOf(t, root);
};

t.test('the rows of NDB are those of SQLite', async (t) => {
  const root = scratch(t);
  makeNdb(root, headers);
  const rows = rowsOf(t, root);
  t.strictSame(rows, inSqlite(t));
  t.strictSame(
    rows.map((each) => each.length),
    [203, 2, 3002, 2, 1, 0],
  );
});

const shapes: readonly BerkeleyShape[] = [512, 4096, 65_536].flatMap((page_bytes) =>
  [true, false].map((isLittleEndian) => ({ page_bytes, isLittleEndian })),
);

t.test('the rows of Berkeley DB are those of SQLite', { skip: noBerkeley }, async (t) => {
  const expected = inSqlite(t);
  for (const shape of shapes) {
    const root = scratch(t);
    makeBerkeley(root, headers, shape);
    t.strictSame(rowsOf(t, root), expected, JSON.stringify(shape));
  }
});

const noReader = noRpm || noBerkeley;

t.test('a header of rpm itself is shown alike out of every format', { skip: noReader }, async (t) => {
  const root = scratch(t);
  const query = installWithRpm(root);
  const db = new Database(join(root, 'usr/lib/sysimage/rpm/rpmdb.sqlite'), { readonly: true });
  t.teardown(() => db.close());
  const real = db.prepare<[], Buffer>('SELECT blob FROM Packages').pluck().all();
  const expected = rowsOf(t, root);
  t.equal(expected[0]?.length, 1);
  const [ndb, berkeley] = [scratch(t), scratch(t)];
  makeNdb(ndb, real);
  t.strictSame(rowsOf(t, ndb), expected);
  makeBerkeley(berkeley, real, { page_bytes: 4096, isLittleEndian: true });
  t.strictSame(rowsOf(t, berkeley), expected);
  const format = '%{NAME}|%{VERSION}|%{INSTALLTIME}|[%{FILENAMES}]\\n';
  const asked = rpmQuery(join(berkeley, 'var/lib/rpm'), 'bdb_ro')(format);
  t.strictSame(asked, query(format), 'rpm reads the same out of that Berkeley DB');
});

t.test('packages out of a subquery cost one reading, as the limits say', async (t) => {
  const root = scratch(t);
  makeNdb(root, headers);
  const sql = 'SELECT * FROM rpm_package_files WHERE package IN (SELECT name FROM rpm_packages)';
  const [one, both] = ['SELECT * FROM rpm_packages', sql].map((each) => askHost(each, root));
  t.equal(both?.rows.length, 3002);
  t.equal(both?.read_bytes, 2 * (one?.read_bytes ?? 0));
});

t.test('a join that looks up again and again reads twice, as the limits say', async (t) => {
  const root = scratch(t);
  makeNdb(root, [Buffer.from('no header'), ...headers]);
  const ask = (sql: string) => askHost(sql, root);
  const whole = ask('SELECT * FROM rpm_packages').read_bytes;
  const names =
    "SELECT 'small-' || value AS name FROM (SELECT 1 AS value UNION ALL SELECT 1 UNION ALL SELECT 7 UNION ALL SELECT 'x')";
  const byName = ask(
    `SELECT n.name, version FROM (${names} UNION ALL SELECT '') AS n JOIN rpm_packages USING (name)`,
  );
  t.strictSame(
    byName.rows.map((row) => Object.values(row)),
    [
      ['small-1', '1'],
      ['small-1', '1'],
      ['small-7', '7'],
    ],
  );
  t.equal(byName.read_bytes, 2 * whole);
  t.strictSame(
    new Set(byName.warnings),
    new Set(['/usr/lib/sysimage/rpm/Packages.db: a header of a package is malformed']),
  );
  const paths = ['/usr/bin/bash', '/usr/share/large/file7', '/usr/bin/sh', '/opt/sh', '', '/usr/bin/bash'];
  const asked = paths.map((path) => `SELECT '${path}' AS path`).join(' UNION ALL ');
  const byPath = ask(`SELECT path, package, mode FROM (${asked}) JOIN rpm_package_files USING (path)`);
  t.strictSame(
    byPath.rows.map((row) => Object.values(row)),
    [
      ['/usr/bin/bash', 'bash', '0755'],
      ['/usr/share/large/file7', 'large', ''],
      ['/usr/bin/sh', 'bash', '0777'],
      ['/usr/bin/bash', 'bash', '0755'],
    ],
  );
  t.equal(byPath.read_bytes, 2 * whole);
  t.equal(ask("SELECT * FROM rpm_packages WHERE name = 'bash'").read_bytes, whole, 'another run begins anew');
});

t.test('a file that is none, one that is damaged, and which of several is read', async (t) => {
  const root = scratch(t);
  makeNdb(root, headers.slice(0, 2));
  const path = join(root, 'usr/lib/sysimage/rpm/Packages.db');
  const names = (): unknown => {
    const { rows, warnings, failure } = askHost('SELECT name FROM rpm_packages', root);
    return [rows.map(({ name }) => name), warnings, failure];
  };
  mkdirSync(join(root, 'var/lib/rpm'), { recursive: true });
  writeFileSync(join(root, 'var/lib/rpm/Packages'), 'left behind');
  t.strictSame(names(), [['bash', 'kernel'], [], undefined]);
  truncateSync(path, readFileSync(path).length - 16);
  t.match(names(), [
    ['bash'],
    [/^\/usr\/lib\/sysimage\/rpm\/Packages\.db: package 2 at byte \d+: its slot points to/],
    undefined,
  ]);
  makeSqlite(t, root, [kernel]);
  t.strictSame(names(), [['kernel'], [], undefined]);
  rmSync(join(root, 'usr'), { recursive: true });
  t.match(names(), [[], [/^\/var\/lib\/rpm\/Packages: it is shorter than the first page/], undefined]);
  rmSync(join(root, 'var/lib/rpm/Packages'));
  mkdirSync(join(root, 'var/lib/rpm/Packages'));
  t.match(names(), [[], [/^\/var\/lib\/rpm\/Packages: it cannot be opened/], undefined]);
});

t.test('a header that is none is told, and the others are there', async (t) => {
  const root = scratch(t);
  makeNdb(root, [Buffer.from('no header'), encodeHeader(kernel)]);
  const { rows, warnings } = askHost('SELECT name FROM rpm_packages', root);
  t.match([rows, warnings], [[{ name: 'kernel' }], [/Packages\.db: a header of a package is malformed/]]);
});

t.test(
  'a database that changes while it is read, and one that is larger than what may be read',
  async (t) => {
    const root = scratch(t);
    makeNdb(root, headers);
    const path = '/usr/lib/sysimage/rpm/Packages.db';
    const files = createHostFiles({
      root,
      readMax_bytes: 2 ** 20,
      budget: { read_bytes: 2 ** 29, paths: 9 },
    });
    const blobs = blobsIn(files, path, ndbBlobs);
    t.match(blobs.next(), { value: { ok: true } });
    appendFileSync(join(root, path), Buffer.alloc(16));
    t.match([...blobs].at(-1), { ok: false, error: /changed while it was read/ });
    t.match(askHost('SELECT name FROM rpm_packages', root, { read_bytes: 20_000 }), {
      failure: { message: /read_mb|bytes/ },
    });
  },
);
