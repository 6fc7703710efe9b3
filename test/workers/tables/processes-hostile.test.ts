import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { processEnvs } from '../../../workers/tables/process_envs.ts';
import { processOpenFiles } from '../../../workers/tables/process_open_files.ts';
import { processes } from '../../../workers/tables/processes.ts';
import { WorkerProcess } from '../worker-process.ts';
import { cat, facts, ps, reachState, rowOf, startSleeping } from './live-processes.ts';
import { scan, startScan } from './run-table.ts';

const isRoot = process.getuid?.() === 0;

t.test('hostile names', async (t) => {
  for (const name of [') R 1 (', 'a\nb', '((((', 'caf\u00e9']) {
    const directory = t.testdir();
    copyFileSync(cat, join(directory, name));
    const child = await startSleeping([join(directory, name), '-']);
    const row = rowOf(child.pid);
    t.match(row, { name, state: 'S', parent: process.pid, path: join(directory, name), on_disk: 1 });
    t.equal(row.cmdline, `${directory}/${name} -`);
    await child.end();
  }
});

t.test('a program that was deleted, replaced, or only looks as if', async (t) => {
  const directory = t.testdir();
  const [program, odd] = [join(directory, 'cat'), join(directory, 'cat (deleted)')];
  copyFileSync(cat, program);
  copyFileSync(cat, odd);
  const plain = await startSleeping([program]);
  const named = await startSleeping([odd]);
  t.teardown(() => Promise.all([plain.end(), named.end()]));
  t.match(rowOf(plain.pid), { path: program, on_disk: 1 });
  t.match(rowOf(named.pid), { path: odd, on_disk: 1 });
  rmSync(program);
  t.match(rowOf(plain.pid), { path: program, on_disk: 0 }, 'another file has the name that the link shows');
  writeFileSync(program, 'a new version');
  t.match(rowOf(plain.pid), { path: program, on_disk: 0 });
  rmSync(odd);
  t.match(rowOf(named.pid), { path: odd, on_disk: 0 });
});

const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0;
t.test(
  'real, effective and saved users differ',
  { skip: !isRoot ? 'needs root' : !hasSetpriv && 'needs setpriv (util-linux)' },
  async (t) => {
    const users = ['--ruid', '1201', '--euid', '1202', '--rgid', '1203', '--egid', '1204', '--clear-groups'];
    const child = await startSleeping(['setpriv', ...users, cat], ['PATH=/usr/bin:/bin']);
    t.teardown(child.end);
    const row = rowOf(child.pid);
    // exec(2) saves the effective numbers.
    t.match(row, { uid: 1201, euid: 1202, suid: 1202, gid: 1203, egid: 1204, sgid: 1204 });
  },
);

t.test('a zombie and a stopped process', async (t) => {
  // The shell becomes cat, which does not wait for the child of the shell; that one ends with descriptor 3.
  const child = await startSleeping(['/bin/sh', '-c', '(read line <&3) & exec cat 3>&-'], [], {
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  });
  t.teardown(child.end);
  const zombie = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
  child.child.stdio[3]?.destroy();
  await reachState(zombie, 'Z');
  t.match(rowOf(zombie), {
    state: 'Z',
    parent: child.pid,
    cmdline: '',
    path: '',
    on_disk: -1,
    resident_size: 0,
  });
  t.strictSame(scan(processEnvs, { root: '/', equals: { pid: [String(zombie)] } }).rows, []);
  t.strictSame(scan(processOpenFiles, { root: '/', equals: { pid: [String(zombie)] } }).rows, []);
  process.kill(child.pid, 'SIGSTOP');
  await reachState(child.pid, 'T');
  t.equal(rowOf(child.pid).state, 'T');
  const told = ps('s');
  if (told !== undefined) t.strictSame([told.get(zombie), told.get(child.pid)], ['Z', 'T']);
});

const kernelThread = scan(processes, { root: '/' }).rows.find(
  ({ name, parent }) => name === 'kthreadd' && parent === 0,
);
const noThreads = kernelThread === undefined && 'needs a pid namespace with kernel threads';
t.test('a kernel thread', { skip: noThreads }, async (t) => {
  t.match(kernelThread, { cmdline: '', path: '', on_disk: -1, resident_size: 0, total_size: 0, uid: 0 });
});

t.test('a process that ends during the scan has no row, and no other is lost', async (t) => {
  const first = await startSleeping([cat]);
  const second = await startSleeping([cat]);
  t.teardown(first.end);
  const pids = [first.pid, second.pid, process.pid].map(String);
  for (const [table, left] of [
    [processes, 2],
    [processOpenFiles, undefined],
  ] as const) {
    const scanned = startScan(table, { root: '/', equals: { pid: pids } });
    const rows = scanned.rows[Symbol.iterator]();
    const seen = [rows.next().value?.pid];
    await second.end();
    for (let next = rows.next(); next.done !== true; next = rows.next()) seen.push(next.value.pid);
    t.notOk(seen.includes(second.pid));
    t.ok(seen.includes(first.pid) && seen.includes(process.pid));
    if (left !== undefined) t.equal(seen.length, left);
  }
});

t.test('two megabytes of arguments and environment are one process more, and no failed query', async (t) => {
  const pieces = Array.from({ length: 8 }, () => 'x'.repeat(110_000));
  const variables = pieces.map((value, index) => `V${index}=${value}`);
  const shell = await startSleeping(
    ['/bin/sh', '-c', 'while read line; do echo $line; done', 'sh', ...pieces],
    variables,
  );
  const other = await startSleeping([cat], [...variables, `CONTROL=${'\x01'.repeat(100_000)}`]);
  t.teardown(() => Promise.all([shell.end(), other.end()]));
  const worker = await WorkerProcess.ready();
  t.teardown(() => worker.channel.destroy());
  const ask = (sql: string): ReturnType<WorkerProcess['query']> => worker.query(sql);
  const whole = await ask(`SELECT * FROM processes WHERE pid IN (${shell.pid}, ${process.pid})`);
  t.equal(whole.failure, undefined);
  t.equal(whole.cells.length, 2);
  t.match(whole.warnings, [`the cmdline of process ${shell.pid} is longer than 160 KiB and was cut`]);
  const [length] =
    (await ask(`SELECT length(cmdline) FROM processes WHERE pid = ${shell.pid}`)).cells[0] ?? [];
  t.equal(length, 160 * 1024);
  const envs = await ask(
    `SELECT key, length(value) FROM process_envs WHERE pid = ${shell.pid} AND key LIKE 'V%'`,
  );
  t.strictSame(
    envs.cells,
    pieces.map((value, index) => [`V${index}`, value.length]),
  );
  const control = await ask(`SELECT * FROM process_envs WHERE pid = ${other.pid}`);
  t.equal(control.failure, undefined, 'control characters take six bytes each');
  t.equal(control.cells.length, 9);
});

t.test(
  'what the kernel denies is empty and counted',
  { skip: !isRoot && 'needs root, to become another' },
  async (t) => {
    const child = await startSleeping([cat], ['SECRET=1']);
    t.teardown(child.end);
    const equals = { pid: [String(child.pid)] };
    const asNobody = <T>(look: () => T): T => {
      process.setegid?.(65_534);
      process.seteuid?.(65_534);
      try {
        return look();
      } finally {
        process.seteuid?.(0);
        process.setegid?.(0);
      }
    };
    const scanned = asNobody(() => scan(processes, { root: '/', facts, equals }));
    t.match(scanned.rows, [
      {
        pid: child.pid,
        name: 'cat',
        uid: 0,
        state: 'S',
        path: '',
        on_disk: -1,
        cwd: undefined,
        root: undefined,
      },
    ]);
    t.equal(scanned.rows[0]?.disk_bytes_read, undefined);
    t.ok(scanned.usage.denied_reads >= 4, `exe, cwd, root, io: ${scanned.usage.denied_reads}`);
    const envs = asNobody(() => scan(processEnvs, { root: '/', equals }));
    t.strictSame([envs.rows, envs.usage.denied_reads], [[], 1]);
    const files = asNobody(() => scan(processOpenFiles, { root: '/', equals }));
    t.strictSame([files.rows, files.usage.denied_reads], [[], 1]);
    const closed = t.testdir({ proc: {} });
    mkdirSync(join(closed, 'proc', '7'), { mode: 0 });
    const shut = asNobody(() => scan(processes, { root: closed }));
    t.strictSame(shut.rows, []);
    t.ok(shut.usage.denied_reads > 0);
  },
);
