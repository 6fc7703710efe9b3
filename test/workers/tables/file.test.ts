import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { askHost, scratch, sorted } from './ask-host.ts';

const run = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: 'utf8' });

t.test('columns are what stat(1) tells', async (t) => {
  const directory = scratch(t);
  const regular = join(directory, 'regular');
  writeFileSync(regular, 'content');
  chmodSync(regular, 0o4751);
  linkSync(regular, join(directory, 'second'));
  utimesSync(regular, new Date(-1500), 1e9 + 0.75);
  mkdirSync(join(directory, 'folder'));
  chmodSync(join(directory, 'folder'), 0o1777);
  symlinkSync('regular', join(directory, 'link'));
  run('mkfifo', join(directory, 'fifo'));
  const { rows } = askHost(
    `SELECT path, inode, uid, gid, mode, device, size, block_size, atime, mtime, ctime, hard_links
     FROM file WHERE directory = '${directory}' OR path IN ('/dev/null', '/etc/passwd', '/proc/self/stat')`,
  );
  t.equal(rows.length, 8);
  for (const { path, device, ...row } of rows) {
    const [inode, uid, gid, mode, major, minor, size, block_size, atime, mtime, ctime, hard_links] = run(
      'stat',
      '-L',
      '--printf=%i %u %g %a %Hr %Lr %s %o %X %Y %Z %h',
      String(path),
    ).split(' ');
    const numbers = Object.entries({ inode, uid, gid, size, block_size, atime, mtime, ctime, hard_links });
    // A process has its own numbers in /proc.
    if (path === '/proc/self/stat') continue;
    t.strictSame(
      row,
      { ...Object.fromEntries(numbers.map(([k, v]) => [k, Number(v)])), mode: mode?.padStart(4, '0') },
      String(path),
    );
    // makedev(3) for small numbers.
    t.equal(device, Number(major) * 256 + Number(minor), `device of ${path}`);
  }
});

t.test('types, links and the columns of other platforms', async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, 'a'), '');
  mkdirSync(join(directory, 'd'));
  symlinkSync('a', join(directory, 'to-a'));
  symlinkSync('d', join(directory, 'to-d'));
  symlinkSync('nowhere', join(directory, 'dangling'));
  symlinkSync('loop', join(directory, 'loop'));
  run('mkfifo', join(directory, 'fifo'));
  const server = createServer();
  t.teardown(() => server.close());
  await new Promise<void>((resolve) => server.listen(join(directory, 'socket'), resolve));
  const { rows, refused_reads } = askHost(
    `SELECT filename, type, symlink, symlink_target_path AS target FROM file WHERE directory = '${directory}'
     UNION ALL SELECT filename, type, symlink, symlink_target_path FROM file WHERE path = '/dev/null'`,
  );
  t.strictSame(
    rows.map((row) => Object.values(row)).toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
    [
      ['a', 'regular', 0, ''],
      ['d', 'directory', 0, ''],
      ['dangling', 'unknown', 1, 'nowhere'],
      ['fifo', 'fifo', 0, ''],
      ['loop', 'unknown', 1, 'loop'],
      ['null', 'character', 0, ''],
      ['socket', 'socket', 0, ''],
      ['to-a', 'regular', 1, 'a'],
      ['to-d', 'directory', 1, 'd'],
    ],
  );
  t.equal(refused_reads, 0, 'nothing was to be opened');
  const [link] = askHost(`SELECT inode, btime, attributes, bsd_flags, file_version, pid_with_namespace,
    mount_namespace_id FROM file WHERE path = '${join(directory, 'dangling')}'`).rows;
  t.strictSame(link, {
    inode: Number(run('stat', '--printf=%i', join(directory, 'dangling'))),
    btime: 0,
    attributes: '',
    bsd_flags: '',
    file_version: '',
    pid_with_namespace: 0,
    mount_namespace_id: '',
  });
});

t.test('path and directory as osquery writes them', async (t) => {
  const shown = (where: string): unknown =>
    askHost(`SELECT path, directory, filename FROM file WHERE ${where}`).rows.map((row) =>
      Object.values(row),
    );
  const directory = scratch(t);
  mkdirSync(join(directory, 'sub'));
  writeFileSync(join(directory, 'sub', 'file'), '');
  t.strictSame(shown(`path = '${directory}/sub'`), [[`${directory}/sub`, directory, 'sub']]);
  t.strictSame(shown(`path = '${directory}/sub/'`), [[`${directory}/sub/`, `${directory}/sub`, '.']]);
  t.strictSame(shown(`path LIKE '${directory}/%'`), [[`${directory}/sub/`, `${directory}/sub`, '.']]);
  t.strictSame(shown(`directory = '${directory}'`), [[`${directory}/sub`, directory, 'sub']]);
  t.strictSame(shown(`directory = '${directory}/'`), [[`${directory}/sub`, `${directory}/`, 'sub']]);
  t.strictSame(shown(`directory LIKE '${directory}/%'`), [
    [`${directory}/sub/file`, `${directory}/sub/`, 'file'],
  ]);
  t.strictSame(shown("path = '/'"), [['/', '', '/']]);
  t.strictSame(shown(`path = '${directory}/sub/file/'`), [], 'a file is no directory');
  t.strictSame(shown(`path = '${directory}/none' OR path = 'sub' OR path = ''`), []);
  t.strictSame(shown(`directory = '${directory}/sub/file'`), []);
});

t.test('what is required, and what finds nothing says so', async (t) => {
  t.match(askHost('SELECT * FROM file').failure, { reason: 'missing_required' });
  const [all = {}] = askHost("SELECT * FROM file WHERE path = '/etc/passwd'").rows;
  t.equal(Object.keys(all).length, 18, 'hidden columns are left out of *');
  for (const where of ["path GLOB '/etc/*'", "path LIKE '%passwd'", "directory LIKE '%%'"]) {
    const answer = askHost(`SELECT path FROM file WHERE ${where}`);
    t.strictSame([answer.rows, answer.paths, answer.warnings.length], [[], 0, 1], where);
  }
  const both = askHost("SELECT path FROM file WHERE path LIKE '/etc/%' AND path LIKE '%/passwd'");
  t.strictSame(both.rows, [{ path: '/etc/passwd' }]);
  const overlapping = askHost("SELECT path FROM file WHERE path LIKE '/etc/%' AND path LIKE '/etc/pass%d'");
  t.strictSame(overlapping.rows, [{ path: '/etc/passwd' }], 'what two patterns find shows once');
  const exact = askHost("SELECT path FROM file WHERE path = '/etc/passwd' AND path LIKE '/%%'");
  t.strictSame(exact.rows, [{ path: '/etc/passwd' }]);
  t.ok(exact.paths < 5, 'an exact path leaves nothing to search for');
  const either = askHost(
    "SELECT path FROM file WHERE path = '/etc/passwd' OR path LIKE '/etc/pass%d' OR directory = '/etc' AND filename = 'passwd'",
  );
  t.strictSame(either.rows, [{ path: '/etc/passwd' }], 'the branches of an OR give a row once');
});

t.test(
  'a LIKE on directory finds nothing without a slash at its end, as in osquery, and says so',
  async (t) => {
    const directory = scratch(t);
    for (const home of ['ann', 'bob']) {
      mkdirSync(join(directory, home, '.ssh'), { recursive: true });
      writeFileSync(join(directory, home, '.ssh/id'), '');
    }
    mkdirSync(join(directory, 'ann/x_'));
    writeFileSync(join(directory, 'ann/x_/y'), '');
    const ids = [`${directory}/ann/.ssh/`, `${directory}/bob/.ssh/`];
    for (const table of ['file', 'hash']) {
      const ask = (where: string) => askHost(`SELECT directory, path FROM ${table} WHERE ${where}`);
      const found = (pattern: string) => sorted(ask(`directory LIKE '${directory}/${pattern}'`), 'directory');
      t.strictSame(found('%/.ssh/'), ids, table);
      t.strictSame(found('%/.ssh%'), ids);
      t.strictSame(
        found('%/%_'),
        [`${directory}/ann/x_/`],
        'to SQLite the last character stands for any, a slash too',
      );
      for (const pattern of ['%/.ssh', 'ann', '%/.ss%h']) {
        const { rows, warnings, paths } = ask(`directory LIKE '${directory}/${pattern}'`);
        t.strictSame([rows, paths], [[], 0], `${pattern}: nothing is searched for it`);
        t.match(warnings, [/a pattern that ends with a name finds nothing, end it with \//]);
      }
      const either = ask(`directory LIKE '${directory}/ann' OR directory = '${directory}/ann/.ssh'`);
      t.strictSame(sorted(either, 'directory'), [`${directory}/ann/.ssh`], 'another branch of an OR goes on');
      const both = ask(`directory = '${directory}/ann/.ssh' AND directory LIKE '${directory}/%/.ssh'`);
      t.strictSame([both.rows.length, both.warnings], [1, []], 'an exact directory needs no search');
      t.match(ask(`path LIKE '${directory}/ann/.ssh/id'`), { rows: [{}], warnings: [] }, 'paths do');
    }
  },
);

t.test('another root, and another process’s', async (t) => {
  const root = scratch(t);
  mkdirSync(join(root, 'etc/real'), { recursive: true });
  writeFileSync(join(root, 'etc/real/inside'), '123');
  symlinkSync('/etc/real', join(root, 'etc/link'));
  const { rows } = askHost("SELECT path, size FROM file WHERE path LIKE '/%%' AND type = 'regular'", root);
  t.strictSame(rows.map((row) => Object.values(row)).toSorted(), [
    ['/etc/link/inside', 3],
    ['/etc/real/inside', 3],
  ]);
  t.strictSame(askHost("SELECT symlink FROM file WHERE path = '/etc/link/'", root).rows, [{ symlink: 0 }]);
  t.strictSame(askHost("SELECT symlink FROM file WHERE path = '/etc/real/inside/'", root).rows, []);
  const [row] = askHost(
    `SELECT path, pid_with_namespace AS pid, mount_namespace_id AS mount FROM file
     WHERE path = '/etc/passwd' AND pid_with_namespace = ${process.pid}`,
  ).rows;
  const mount = /\d+/.exec(run('readlink', `/proc/${process.pid}/ns/mnt`))?.[0];
  t.strictSame(row, { path: '/etc/passwd', pid: process.pid, mount });
});
