import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { suidBin } from '../../../workers/tables/suid_bin.ts';
import { askHost, scratch } from './ask-host.ts';
import { scan } from './run-table.ts';

const isRoot = process.geteuid?.() === 0;

t.test(
  'programs with the bits, links to them, nothing else',
  { skip: !isRoot && 'needs root' },
  async (t) => {
    const root = scratch(t);
    for (const each of ['etc', 'usr/bin/deep', 'tmp', 'opt'])
      mkdirSync(join(root, each), { recursive: true });
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:\nmail:x:8:8::/:\npost:x:8:8::/:\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nmail:x:8:\n');
    const program = (path: string, mode: number, id: number): void => {
      writeFileSync(join(root, path), '');
      chownSync(join(root, path), id, id);
      chmodSync(join(root, path), mode);
    };
    program('usr/bin/su', 0o4755, 0);
    program('usr/bin/deep/both', 0o6755, 8);
    program('usr/bin/plain', 0o1755, 0);
    program('tmp/gid', 0o2755, 4321);
    program('opt/elsewhere', 0o4755, 0);
    symlinkSync('usr/bin', join(root, 'bin'));
    symlinkSync('/usr/bin/su', join(root, 'tmp/link'));
    symlinkSync('.', join(root, 'tmp/loop'));
    symlinkSync('gone', join(root, 'tmp/dangling'));
    execFileSync('mkfifo', [join(root, 'tmp/fifo')]);
    chmodSync(join(root, 'tmp/fifo'), 0o4755);
    chmodSync(join(root, 'usr/bin/deep'), 0o2755);
    const { rows, failure } = askHost('SELECT * FROM suid_bin ORDER BY path', root);
    t.equal(failure, undefined);
    const row = (path: string, username: string, permissions: string): object => ({
      path,
      username,
      groupname: username,
      permissions,
    });
    t.strictSame(rows, [
      row('/bin/deep/both', 'mail', 'SG'),
      row('/bin/su', 'root', 'S'),
      row('/tmp/gid', '4321', 'G'),
      row('/tmp/link', 'root', 'S'),
      row('/usr/bin/deep/both', 'mail', 'SG'),
      row('/usr/bin/su', 'root', 'S'),
    ]);
    const { opened } = scan(suidBin, { root, columns: ['path'] });
    t.notOk(opened.includes('/etc/passwd') || opened.includes('/etc/group'), 'names that nobody asked for');
    t.strictSame(scan(suidBin).rows, []);
  },
);

t.test('the programs that find(1) finds here', async (t) => {
  const places = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];
  const printed = ['-type', 'f', '-perm', '/6000', '-printf', '%p %u %g %m\\n'];
  const present = places.filter((place) => existsSync(place));
  const found = execFileSync('find', [...present, ...printed], { encoding: 'utf8' });
  const sql = "SELECT * FROM suid_bin WHERE path LIKE '/usr/%'";
  // find leaves links out.
  const own = askHost(sql).rows.filter(({ path }) => lstatSync(String(path)).isFile());
  const shown = own.map((row) => `${row.path} ${row.username} ${row.groupname} ${row.permissions}`);
  const theirs = found
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [path, user, group, mode] = line.split(' ');
      const bit = Number.parseInt(mode ?? '', 8);
      return `${path} ${user} ${group} ${bit & 0o4000 ? 'S' : ''}${bit & 0o2000 ? 'G' : ''}`;
    });
  t.strictSame(shown.toSorted(), theirs.toSorted());
});
