import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readMax_bytes } from '../../protocol/host-files.ts';
import { workerProtocolVersion } from '../../protocol/worker-messages.ts';
import { WorkerProcess } from './worker-process.ts';

const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';

t.test('a real worker answers query after query and leaves when told', async (t) => {
  const worker = await WorkerProcess.ready();
  const answer = await worker.query("SELECT 1 AS n, 'ü' AS t");
  t.match(answer, {
    leaseId: 'L1',
    cells: [[1, 'ü']],
    columns: [{ name: 'n' }, { name: 't' }],
    warnings: [],
  });
  t.notOk('failure' in answer);
  t.match(answer.cost, { rows: 1, result_bytes: Number, wall_ms: Number, user_ms: Number, paths: 0 });
  const time = await worker.query('SELECT unix_time FROM time');
  t.equal(time.cells.length, 1);
  t.match(await worker.query('SELECT nothing'), { failure: { reason: 'sql_error' } });
  const many = await worker.query(
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 20000) SELECT x, 'some text' FROM c",
  );
  t.equal(many.cells.length, 20_000);
  t.equal(many.cost.result_bytes > 256 * 1024, true);
  worker.send({ type: 'exit' });
  t.strictSame(await worker.exited(), [0, null]);
});

t.test('rows of the supervisor come over the channel, 64-bit integers whole', async (t) => {
  const worker = await WorkerProcess.ready();
  t.teardown(() => worker.child.kill('SIGKILL'));
  const answer = await worker.query('SELECT pid, private_bytes FROM leash_workers', {}, [
    { pid: 7, private_bytes: 2n ** 60n },
  ]);
  t.strictSame(answer.cells, [[7, { int: '1152921504606846976' }]]);
});

t.test('limits hold in a real worker, and it lives on', async (t) => {
  const worker = await WorkerProcess.ready();
  t.teardown(() => worker.child.kill('SIGKILL'));
  t.match((await worker.query(endless, { wall_ms: 60 })).failure, { limit: 'wall_ms' });
  t.match((await worker.query(endless, { cpu_ms: 60 })).failure, { limit: 'cpu_ms' });
  const hog =
    'WITH RECURSIVE c(x) AS (SELECT randomblob(100000) UNION ALL SELECT randomblob(100000) FROM c LIMIT 2000) ' +
    'SELECT count(DISTINCT x) FROM c';
  const starved = await worker.query(hog, { memory_mb: 64 });
  t.match(starved.failure, { reason: 'out_of_memory', limit: 'memory_mb' });
  t.ok(starved.retained_bytes > 32 * 1024 * 1024, 'what SQLite keeps shows, so that the worker is recycled');
  t.strictSame((await worker.query('SELECT 1')).cells, [[1]]);
});

t.test('a catastrophic pattern is linear in a worker', async (t) => {
  const worker = await WorkerProcess.ready();
  t.teardown(() => worker.child.kill('SIGKILL'));
  const answer = await worker.query(`SELECT regex_match('${'a'.repeat(40)}', '^(a+)+b', 0)`, {
    cpu_ms: 2000,
  });
  t.strictSame(answer.cells, [[null]]);
});

t.test('an idle worker ends when its supervisor’s end closes', async (t) => {
  const worker = await WorkerProcess.ready();
  worker.channel.destroy();
  t.strictSame(await worker.exited(), [null, 'SIGKILL']);
});

t.test('a worker that writes to a closed end ends too', async (t) => {
  const worker = await WorkerProcess.ready();
  worker.send({
    type: 'query',
    leaseId: 'L1',
    sql: 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c',
    budget: {
      wall_ms: 1e6,
      cpu_ms: 1e6,
      memory_mb: 1e3,
      cpu_percent: 0,
      cpu_window_ms: 1e3,
      throttle_percent: 0,
      rows: 1e9,
      result_mb: 1e6,
      read_mb: 1,
      paths: 1,
    },
  });
  await worker.next();
  worker.channel.destroy();
  t.strictSame(await worker.exited(), [null, 'SIGKILL']);
});

t.test('another build or protocol is refused', async (t) => {
  for (const hello of [
    { type: 'hello', protocolVersion: workerProtocolVersion + 1, buildId: 'dev' },
    { type: 'hello', protocolVersion: workerProtocolVersion, buildId: 'another' },
  ] as const) {
    const worker = WorkerProcess.spawn();
    worker.send(hello);
    const [stderr] = (await once(worker.child.stderr ?? worker.channel, 'data')) as [Buffer];
    t.match(stderr.toString(), /install both from one build/);
    t.equal(await worker.next(), undefined);
    await worker.exited();
  }
});

t.test('a file that is too large to be read is named, so that nothing hides in it', async (t) => {
  const path = join(t.testdir({ padded: 'ssh-ed25519 AAAA' }), 'padded');
  truncateSync(path, readMax_bytes + 1);
  const worker = await WorkerProcess.ready();
  t.teardown(() => worker.channel.destroy());
  const { cells, warnings } = await worker.query(`SELECT sha256 FROM hash WHERE path = '${path}'`);
  t.strictSame(cells, [['']]);
  t.strictSame(warnings, [`${path} is larger than 50 MiB (read_max): nothing in it was read`]);
  truncateSync(path, readMax_bytes);
  t.strictSame((await worker.query(`SELECT sha256 FROM hash WHERE path = '${path}'`)).warnings, []);
});

t.test('a garbled frame ends the worker', async (t) => {
  const worker = await WorkerProcess.ready();
  worker.channel.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1]));
  await worker.exited();
  t.equal(await worker.next(), undefined);
});

t.test('a worker in an endless statement ends when its supervisor is killed', async (t) => {
  const launcher = join(import.meta.dirname, '../fixtures/orphan-launcher.ts');
  const child = spawn(process.execPath, [launcher], { stdio: ['ignore', 'pipe', 'inherit'] });
  let pid = '';
  child.stdout.on('data', (chunk: Buffer) => {
    pid += chunk.toString();
  });
  t.teardown(() => {
    if (pid !== '' && !closed) process.kill(Number(pid), 'SIGKILL');
  });
  let closed = false;
  // The worker holds the launcher's standard output too, so this event comes when both are gone.
  await once(child, 'close');
  closed = true;
  t.equal(child.signalCode, 'SIGKILL');
  t.match(pid, /^[0-9]+\n$/, 'the worker was inside its statement');
});
