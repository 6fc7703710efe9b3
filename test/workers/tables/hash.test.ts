import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { createHostFiles } from '../../../platform/node/host-files/door.ts';
import { fileDigests } from '../../../workers/host/digests.ts';
import { hash } from '../../../workers/tables/hash.ts';
import { askHost, pullRows, scratch, sorted } from './ask-host.ts';

const sum = (program: string, path: string): string | undefined =>
  execFileSync(program, ['-z', path], { encoding: 'utf8' }).split(' ')[0];

const piece_bytes = 256 * 1024;

t.test('digests are those of md5sum, sha1sum and sha256sum, at every size around a piece', async (t) => {
  const directory = scratch(t);
  for (const size of [0, 1, 65_536, piece_bytes - 1, piece_bytes, piece_bytes + 1, 3 * piece_bytes, 5e6]) {
    const bytes = Buffer.alloc(size);
    for (let index = 0; index < size; index += 1) bytes[index] = (index * 31) % 251;
    writeFileSync(join(directory, `of-${size}`), bytes);
  }
  const { rows, read_bytes } = askHost(`SELECT * FROM hash WHERE directory = '${directory}'`);
  t.equal(rows.length, 8);
  for (const { path, md5, sha1, sha256 } of rows) {
    const at = String(path);
    t.equal(md5, sum('md5sum', at), at);
    t.equal(sha1, sum('sha1sum', at), at);
    t.equal(sha256, sum('sha256sum', at), at);
  }
  t.equal(
    read_bytes,
    [0, 1, 65_536, piece_bytes - 1, piece_bytes, piece_bytes + 1, 3 * piece_bytes, 5e6].reduce(
      (a, b) => a + b,
    ),
    'each file is read once for all three',
  );
});

t.test('files are read for the digests that a statement reads, else not at all', async (t) => {
  const directory = scratch(t);
  const path = join(directory, 'file');
  writeFileSync(path, 'content');
  const count = askHost(`SELECT count(*) AS n FROM hash WHERE path = '${path}'`);
  t.strictSame([count.rows, count.read_bytes], [[{ n: 1 }], 0]);
  const sha1 = askHost(`SELECT sha1 FROM hash WHERE path = '${path}'`);
  t.strictSame([sha1.rows, sha1.read_bytes], [[{ sha1: sum('sha1sum', path) }], 7]);
  const upper = askHost(
    `SELECT path FROM hash WHERE path = '${path}' AND sha256 = '${sum('sha256sum', path)?.toUpperCase()}'`,
  );
  t.strictSame(upper.rows, [{ path }], 'digests compare without case');
});

t.test('/etc as find and sha256sum have it', async (t) => {
  const output = execFileSync(
    'sh',
    ['-c', "find /etc -mindepth 1 -path '/etc/.*' -prune -o -type f -readable -exec sha256sum -z {} +"],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const expected = output.split('\0').filter((line) => line !== '');
  t.ok(expected.length > 10);
  const { rows, failure } = askHost("SELECT path, sha256 FROM hash WHERE path LIKE '/etc/%%'");
  t.equal(failure, undefined);
  const lines = new Set(rows.map(({ path, sha256 }) => `${sha256}  ${path}`));
  for (const line of expected) t.ok(lines.has(line), line);
});

t.test('a FIFO, a socket, a device and a directory in the way have no row and are not opened', async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, 'file'), 'x');
  mkdirSync(join(directory, 'folder'));
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  symlinkSync('fifo', join(directory, 'to-fifo'));
  symlinkSync('file', join(directory, 'to-file'));
  symlinkSync('loop', join(directory, 'loop'));
  symlinkSync('/dev/zero', join(directory, 'to-zero'));
  const server = createServer();
  t.teardown(() => server.close());
  await new Promise<void>((resolve) => server.listen(join(directory, 'socket'), resolve));
  const expected = [join(directory, 'file'), join(directory, 'to-file')];
  const answers = [
    `directory = '${directory}'`,
    `path LIKE '${directory}/%%'`,
    `path IN ('${['fifo', 'to-fifo', 'socket', 'to-zero', 'folder', 'file', 'to-file', 'loop'].map((name) => join(directory, name)).join("','")}', '/dev/null')`,
  ].map((where) => askHost(`SELECT path, sha256 FROM hash WHERE ${where}`));
  for (const answer of answers) {
    t.strictSame([sorted(answer, 'path'), answer.refused_reads, answer.failure], [expected, 0, undefined]);
  }
});

t.test('a file over read_max and one that is gone have empty digests; kernel files are read', async (t) => {
  const directory = scratch(t);
  const large = join(directory, 'large');
  writeFileSync(large, '');
  truncateSync(large, 50 * 2 ** 20 + 1);
  t.strictSame(askHost(`SELECT path, sha256 FROM hash WHERE path = '${large}'`).rows, [
    { path: large, sha256: '' },
  ]);
  truncateSync(large, 50 * 2 ** 20);
  t.strictSame(askHost(`SELECT sha256 FROM hash WHERE path = '${large}'`).rows, [
    { sha256: sum('sha256sum', large) },
  ]);
  t.strictSame(askHost("SELECT md5 FROM hash WHERE path = '/proc/version'").rows, [
    { md5: sum('md5sum', '/proc/version') },
  ]);
  t.strictSame(askHost("SELECT md5 FROM hash WHERE path = '/proc/kmsg'").rows, [{ md5: '' }]);
  unlinkSync(large);
  for (const name of ['a', 'b', 'c']) writeFileSync(join(directory, name), name);
  const rows = pullRows(hash, { directory });
  t.match(rows.next().value, { sha256: /^[0-9a-f]{64}$/ });
  for (const name of ['a', 'b', 'c']) rmSync(join(directory, name));
  t.strictSame(
    [...rows].map(({ sha256 }) => sha256),
    [undefined, undefined],
  );
});

t.test('a file that grows while it is read ends at read_max', async (t) => {
  const path = join(scratch(t), 'growing');
  writeFileSync(path, 'x'.repeat(piece_bytes));
  const files = createHostFiles({
    root: '/',
    readMax_bytes: 4 * piece_bytes,
    budget: { read_bytes: 2 ** 29, paths: 10 },
  });
  let pieces = 0;
  const read = files.readChunks(path, () => {
    pieces += 1;
    appendFileSync(path, 'x'.repeat(piece_bytes));
  });
  t.strictSame([read, pieces], [false, 4]);
  writeFileSync(path, '');
  t.strictSame(fileDigests(files, path, ['md5']), { md5: 'd41d8cd98f00b204e9800998ecf8427e' });
  t.equal(fileDigests(files, `${path}-none`, ['md5']), undefined);
});

t.test('a used-up read budget ends the run', async (t) => {
  const directory = scratch(t);
  for (let index = 0; index < 4; index += 1)
    writeFileSync(join(directory, `${index}`), Buffer.alloc(2 ** 20));
  const sql = `SELECT sha256 FROM hash WHERE directory = '${directory}'`;
  t.match(askHost(sql, '/', { read_bytes: 3 * 2 ** 20 }).failure, { reason: 'limit', limit: 'read_mb' });
  t.equal(askHost(sql, '/', { read_bytes: 4 * 2 ** 20 }).failure, undefined);
});

t.test('no descriptor stays open', async (t) => {
  const directory = scratch(t);
  for (let index = 0; index < 100; index += 1) writeFileSync(join(directory, `${index}`), 'x');
  const before = openSync(directory, 'r');
  askHost(`SELECT sha256 FROM hash WHERE path LIKE '${directory}/%%' LIMIT 50`);
  askHost(`SELECT sha256 FROM hash WHERE directory = '${directory}'`, '/', { paths: 150 });
  askHost(`SELECT sha256 FROM hash WHERE directory = '${directory}'`, '/', { read_bytes: 10 });
  t.equal(openSync(directory, 'r'), before + 1);
});
