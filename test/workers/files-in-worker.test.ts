import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { WorkerProcess } from './worker-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'leash-in-the-way-'));
t.teardown(() => rmSync(directory, { recursive: true }));
mkdirSync(join(directory, 'tree'));
writeFileSync(join(directory, 'tree/file'), 'content');
execFileSync('mkfifo', [join(directory, 'tree/fifo')]);
symlinkSync('fifo', join(directory, 'tree/link'));
symlinkSync('.', join(directory, 'tree/self'));
const server = createServer();
t.teardown(() => server.close());
await new Promise<void>((resolve) => server.listen(join(directory, 'tree/socket'), resolve));

const content = createHash('sha256').update('content').digest('hex');

/** A worker that hangs in an open(2) would not answer: the deadline of the run cannot reach it there. */
t.test('a FIFO in the way of file and hash hangs no sandboxed worker', async (t) => {
  const worker = await WorkerProcess.ready();
  t.teardown(() => worker.child.kill('SIGKILL'));
  const file = await worker.query(
    `SELECT filename, type FROM file WHERE path LIKE '${directory}/%%' AND path NOT LIKE '%self/_%' ORDER BY path`,
  );
  t.notOk('failure' in file);
  t.strictSame(file.cells, [
    ['.', 'directory'],
    ['fifo', 'fifo'],
    ['file', 'regular'],
    ['link', 'fifo'],
    ['.', 'directory'],
    ['socket', 'socket'],
  ]);
  for (const where of [
    `path LIKE '${directory}/tree/%'`,
    `directory = '${directory}/tree'`,
    `path IN ('${directory}/tree/fifo', '${directory}/tree/link', '${directory}/tree/file', '/dev/tty', '/dev/zero')`,
    `path LIKE '${directory}/tree/fi%'`,
  ]) {
    const hash = await worker.query(`SELECT path, sha256 FROM hash WHERE ${where}`);
    t.notOk('failure' in hash, where);
    t.strictSame(hash.cells, [[join(directory, 'tree/file'), content]], where);
  }
  const database = await worker.query(
    `SELECT name FROM deb_packages WHERE admindir = '${directory}/dpkg' UNION ALL SELECT command FROM crontab`,
  );
  t.notOk('failure' in database);
});

t.test(
  'a search of the whole host is ended by its budget, and the worker lives and leaves nothing open',
  async (t) => {
    const worker = await WorkerProcess.ready();
    t.teardown(() => worker.child.kill('SIGKILL'));
    const descriptors = (): number => readdirSync(`/proc/${worker.child.pid}/fd`).length;
    const before = descriptors();
    const answer = await worker.query("SELECT * FROM file WHERE path LIKE '/%%'", { paths: 30_000 });
    t.match(answer.failure, { reason: 'limit', limit: 'paths' });
    t.ok(answer.cells.length > 5000, 'rows were streamed before');
    t.ok(answer.cost.memory_bytes < 100 * 2 ** 20, `${answer.cost.memory_bytes} bytes`);
    t.match((await worker.query("SELECT md5 FROM hash WHERE path LIKE '/usr/%%'", { read_mb: 5 })).failure, {
      reason: 'limit',
      limit: 'read_mb',
    });
    t.strictSame((await worker.query("SELECT type FROM file WHERE path = '/dev/null'")).cells, [
      ['character'],
    ]);
    t.equal(descriptors(), before);
  },
);
