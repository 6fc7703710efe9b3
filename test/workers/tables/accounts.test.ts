import { spawnSync } from 'node:child_process';
import t from 'tap';
import { groups } from '../../../workers/tables/groups.ts';
import { users } from '../../../workers/tables/users.ts';
import { fixture, scan } from './run-table.ts';

t.test('accounts of three distributions', async (t) => {
  const rocky = scan(users, { root: fixture('rocky-9') }).rows;
  t.strictSame(
    rocky.find(({ username }) => username === 'nfsnobody'),
    {
      username: 'nfsnobody',
      uid: 4294967294,
      gid: 4294967294,
      description: 'Anonymous NFS User',
      directory: '/var/lib/nfs',
      shell: '/sbin/nologin',
      uid_signed: -2,
      gid_signed: -2,
      pid_with_namespace: 0,
      include_remote: 0,
    },
  );
  t.equal(scan(users, { root: fixture('debian-12') }).rows.length, 6);
  t.strictSame(
    scan(groups, { root: fixture('alpine-3.20') }).rows.map(({ gid, groupname }) => [gid, groupname]),
    [
      [0, 'root'],
      [1, 'bin'],
    ],
  );
});

t.test('constraints on uid, user name and gid', async (t) => {
  const root = fixture('debian-12');
  const names = (equals: Record<string, string[]>): unknown[] =>
    scan(users, { root, equals }).rows.map(({ username }) => username);
  t.strictSame(names({ uid: ['0', '33', '77', 'x'] }), ['root', 'www-data']);
  t.strictSame(names({ username: ['alice'] }), ['alice']);
  t.strictSame(names({ uid: ['0'], username: ['alice'] }), []);
  t.strictSame(
    scan(groups, { root, equals: { gid: ['27'] } }).rows.map(({ groupname }) => groupname),
    ['sudo'],
  );
});

t.test('the mount namespace of another process', async (t) => {
  const root = t.testdir({
    etc: { passwd: 'outer:x:1:1:::\n' },
    proc: { 7: { root: { etc: { passwd: 'inner:x:2:2:::\n' } } } },
  });
  const inside = scan(users, { root, equals: { pid_with_namespace: ['7', '8', '../..', '0x7', '0'] } }).rows;
  t.strictSame(
    inside.map(({ username, pid_with_namespace }) => [username, pid_with_namespace]),
    [
      ['inner', 7],
      ['outer', 0],
    ],
  );
});

t.test('remote accounts are asked for and the answer says that there are none', async (t) => {
  const root = fixture('debian-12');
  const { rows, warnings } = scan(users, { root, equals: { include_remote: ['1'] } });
  t.equal(warnings.length, 1);
  t.ok(rows.every(({ include_remote }) => include_remote === 1));
  t.strictSame(scan(users, { root }).warnings, []);
});

t.test('missing, empty and foreign content', async (t) => {
  t.strictSame(scan(users).rows, []);
  t.strictSame(scan(groups).rows, []);
  const root = t.testdir({
    etc: { passwd: Buffer.from('k\xe4rl:x:1:1:\xff:/:/bin/sh\n', 'latin1'), group: '' },
  });
  t.match(scan(users, { root }).rows, [{ username: 'k\uFFFDrl', description: '\uFFFD' }]);
  t.strictSame(scan(groups, { root }).rows, []);
});

/** Lines of a database of the C library. */
const getent = (database: string): string[][] | undefined => {
  const run = spawnSync('getent', ['-s', 'files', database], { encoding: 'utf8' });
  if (run.status !== 0) return undefined;
  return run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(':'));
};

const passwd = getent('passwd');
t.test('agrees with getent passwd', { skip: passwd === undefined && 'needs getent' }, async (t) => {
  const rows = scan(users, { root: '/' }).rows;
  t.strictSame(
    rows.map((row) =>
      [row.username, 'x', row.uid, row.gid, row.description, row.directory, row.shell].map(String),
    ),
    passwd?.map(([name, , ...rest]) => [name, 'x', ...rest]),
  );
});

const group = getent('group');
t.test('agrees with getent group', { skip: group === undefined && 'needs getent' }, async (t) => {
  t.strictSame(
    scan(groups, { root: '/' }).rows.map(({ groupname, gid }) => [groupname, String(gid)]),
    group?.map(([name, , gid]) => [name, gid]),
  );
});

const id = spawnSync('id', ['-nu'], { encoding: 'utf8' });
t.test('agrees with id about the caller', { skip: id.status !== 0 && 'needs id' }, async (t) => {
  const equals = { uid: [String(process.getuid?.())] };
  t.match(scan(users, { root: '/', equals }).rows, [{ username: id.stdout.trim() }]);
});
