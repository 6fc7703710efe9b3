import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { kernelUnits } from '../../../platform/node/auxv.ts';
import { processEnvs } from '../../../workers/tables/process_envs.ts';
import { processOpenFiles } from '../../../workers/tables/process_open_files.ts';
import { processes } from '../../../workers/tables/processes.ts';
import { WorkerProcess } from '../worker-process.ts';
import { scan, startScan } from './run-table.ts';
import { reachState, startSleeping } from './sleeping-child.ts';

const { page_bytes, ticksPerSecond } = kernelUnits();
const facts = { page_bytes, clockTicksPerSecond: ticksPerSecond };
const isRoot = process.getuid?.() === 0;
const cat = '/bin/cat';

type Row = Readonly<Record<string, unknown>>;
const rowOf = (pid: number): Row =>
  scan(processes, { root: '/', facts, equals: { pid: [String(pid)] } }).rows[0] ?? {};

/** One column of ps by pid; undefined where there is no ps that has it. */
const ps = (column: string): ReadonlyMap<number, string> | undefined => {
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  const run = spawnSync('ps', ['-ww', '-eo', `pid=,${column}=`], { encoding: 'utf8', env });
  if (run.status !== 0) return undefined;
  const lines = run.stdout.split('\n').map((line) => /^ *(\d+) (.*)$/.exec(line));
  return new Map(lines.flatMap((line) => (line === null ? [] : [[Number(line[1]), (line[2] ?? '').trim()]])));
};

const hasPrintableName = (row: Row): boolean => /^[\w:/.()-]+$/.test(String(row.name)) && row.state !== 'Z';
/** As ps shows it: one blank between arguments, kernel threads in brackets, what is no ASCII escaped. */
const hasPrintableArguments = (row: Row): boolean =>
  /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(String(row.cmdline));

/** Columns of ps, what ours must look like to equal them, and the rows for which ps tells the truth. */
const comparisons: Readonly<
  Record<string, { readonly of: (row: Row) => unknown; readonly when?: (row: Row) => boolean }>
> = {
  ppid: { of: (row) => row.parent },
  pgid: { of: (row) => row.pgroup },
  ruid: { of: (row) => row.uid },
  euid: { of: (row) => row.euid },
  suid: { of: (row) => row.suid },
  rgid: { of: (row) => row.gid },
  egid: { of: (row) => row.egid },
  sgid: { of: (row) => row.sgid },
  nlwp: { of: (row) => row.threads },
  // ps shows `-` where another class of scheduling has no use for it.
  ni: { of: (row) => row.nice },
  rss: { of: (row) => Number(row.resident_size) / 1024 },
  vsz: { of: (row) => Number(row.total_size) / 1024 },
  cputimes: { of: (row) => Math.floor((Number(row.user_time) + Number(row.system_time)) / 1000) },
  comm: { of: (row) => row.name, when: hasPrintableName },
  args: { of: (row) => row.cmdline, when: hasPrintableArguments },
};

/** What moved between two answers of ps has no value to compare with, and this process waits for ps only. */
const compare = (
  column: string,
  of: (row: Row) => unknown,
  when: (row: Row) => boolean,
): { readonly ours: readonly string[]; readonly theirs: readonly string[] } => {
  const before = ps(column);
  const rows = scan(processes, { root: '/', facts }).rows.filter(when);
  const after = ps(column);
  const still = rows.filter(({ pid }) => {
    const value = before?.get(Number(pid));
    return pid !== process.pid && value !== undefined && value !== '-' && value === after?.get(Number(pid));
  });
  return {
    ours: still.map((row) => `${row.pid}: ${of(row)}`),
    theirs: still.map(({ pid }) => `${pid}: ${before?.get(Number(pid))}`),
  };
};

t.test(
  'agrees with ps, column by column',
  { skip: ps('ppid') === undefined && 'needs ps (procps)' },
  async (t) => {
    for (const [column, { of, when = () => true }] of Object.entries(comparisons)) {
      let compared = compare(column, of, when);
      // A value may move there and back between the two answers of ps; it does not do so three times.
      for (let again = 0; again < 2 && compared.ours.join() !== compared.theirs.join(); again += 1)
        compared = compare(column, of, when);
      t.ok(compared.ours.length >= 2, `${column}: ${compared.ours.length} processes can be compared`);
      t.strictSame(compared.ours, compared.theirs, column);
    }
  },
);

t.test(
  'start times agree with ps',
  { skip: ps('lstart') === undefined && 'needs ps (procps)' },
  async (t) => {
    const starts = ps('lstart') ?? new Map<number, string>();
    const rows = scan(processes, { root: '/', facts }).rows.filter(({ pid }) => starts.has(Number(pid)));
    t.ok(rows.length >= 2);
    for (const { pid, start_time } of rows) {
      const expected_s = Date.parse(`${starts.get(Number(pid))} UTC`) / 1000;
      // Boot time and start are each rounded to whole seconds, by ps in another order.
      t.ok(Math.abs(Number(start_time) - expected_s) <= 1, `${pid}: ${start_time} beside ${expected_s}`);
    }
  },
);

t.test('the CPU time of this process lies between what it measured before and after', async (t) => {
  const tick_ms = 1000 / ticksPerSecond;
  const before = process.cpuUsage();
  const row = rowOf(process.pid);
  const after = process.cpuUsage();
  for (const [column, from, to] of [
    ['user_time', before.user, after.user],
    ['system_time', before.system, after.system],
  ] as const) {
    const value = Number(row[column]);
    t.ok(value >= from / 1000 - tick_ms && value <= to / 1000 + tick_ms, `${column} ${value}: ${from} ${to}`);
  }
});

t.test('a child of which everything is known', async (t) => {
  const directory = t.testdir({ 'log 1': '', gone: '' });
  const [log, gone, nothing] = [
    openSync(join(directory, 'log 1'), 'a'),
    openSync(join(directory, 'gone'), 'r'),
    openSync('/dev/null', 'r'),
  ];
  rmSync(join(directory, 'gone'));
  const env = ['A=1', 'EMPTY=', 'B=x=y', 'LINES=one\ntwo', 'Ä=日本'];
  const child = await startSleeping(['/usr/bin/env', 'nice', '-n', '5', cat, '-', '--', '-'], env, {
    cwd: directory,
    stdio: ['pipe', 'pipe', 'ignore', log, gone, nothing],
  });
  t.teardown(child.end);
  const row = rowOf(child.pid);
  t.match(row, {
    pid: child.pid,
    name: 'cat',
    path: readlinkSync(`/proc/${child.pid}/exe`),
    cmdline: `${cat} - -- -`,
    cwd: directory,
    root: '/',
    on_disk: 1,
    state: 'S',
    parent: process.pid,
    uid: process.getuid?.(),
    gid: process.getgid?.(),
    euid: process.geteuid?.(),
    threads: 1,
    nice: 5 + (rowOf(process.pid).nice as number),
    wired_size: 0,
  });
  const [, cgroup] = /^\d+:[^:]*:(.*)/.exec(readFileSync(`/proc/${child.pid}/cgroup`, 'utf8')) ?? [];
  t.equal(row.cgroup_path, cgroup);
  const equals = { pid: [String(child.pid)] };
  t.strictSame(
    scan(processEnvs, { root: '/', equals }).rows.map(({ pid, key, value }) => [pid, `${key}=${value}`]),
    env.map((entry) => [child.pid, entry]),
  );
  const files = scan(processOpenFiles, { root: '/', equals }).rows;
  const paths = new Map(files.map(({ pid, fd, path }) => [Number(fd), `${pid} ${path}`]));
  t.equal(paths.get(2), `${child.pid} /dev/null`);
  t.equal(paths.get(3), `${child.pid} ${directory}/log 1`);
  t.equal(paths.get(4), `${child.pid} ${directory}/gone (deleted)`);
  t.equal(paths.get(5), `${child.pid} /dev/null`);
  t.notOk(paths.has(0) || paths.has(1), 'pipes and sockets have no path');
});

t.test('open files of this process are the links of its descriptors', async (t) => {
  const { rows } = scan(processOpenFiles, { root: '/', equals: { pid: [String(process.pid)] } });
  t.ok(rows.length > 0);
  for (const { fd, path } of rows) {
    // The directory that the scan itself had open is closed by now.
    if (String(path).endsWith('/fd')) continue;
    t.equal(readlinkSync(`/proc/self/fd/${fd}`), path);
  }
});

t.test('written bytes', async (t) => {
  const directory = t.testdir();
  const script = 'dd if=/dev/zero of=kept bs=65536 count=16 conv=fsync; : > kept; exec cat';
  const child = await startSleeping(['/bin/sh', '-c', script], ['PATH=/usr/bin:/bin'], { cwd: directory });
  t.teardown(child.end);
  const io = (name: string): number =>
    Number(readFileSync(`/proc/${child.pid}/io`, 'utf8').split(`\n${name}: `)[1]?.split('\n')[0]);
  const row = rowOf(child.pid);
  t.equal(row.disk_bytes_read, io('read_bytes'));
  t.equal(row.disk_bytes_written, io('write_bytes') - io('cancelled_write_bytes'));
});

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
  const piece = 'x'.repeat(110_000);
  const pieces = Array.from({ length: 8 }, () => piece);
  const hidden = '\x01'.repeat(100_000);
  const child = await startSleeping(
    ['/bin/sh', '-c', 'exec cat', 'sh', hidden, ...pieces],
    [...pieces.map((value, index) => `V${index}=${value}`), 'PATH=/usr/bin:/bin'],
  );
  const other = await startSleeping(
    [cat, '-'],
    [...pieces.map((value, index) => `V${index}=${value}`), `H=${hidden}`],
  );
  // The shell passes its environment on, cat has no arguments; so both are looked at in one that keeps its own.
  const shell = await startSleeping(
    ['/bin/sh', '-c', 'while read line; do echo $line; done', 'sh', ...pieces],
    pieces.map((value, index) => `V${index}=${value}`),
  );
  t.teardown(() => Promise.all([child.end(), other.end(), shell.end()]));
  const worker = await WorkerProcess.ready();
  t.teardown(() => worker.channel.destroy());
  const ask = (sql: string): ReturnType<WorkerProcess['query']> => worker.query(sql);
  const whole = await ask(`SELECT * FROM processes WHERE pid IN (${shell.pid}, ${process.pid})`);
  t.equal(whole.failure, undefined);
  t.equal(whole.cells.length, 2);
  t.match(whole.warnings, [`the cmdline of process ${shell.pid} is too long for a row and was cut`]);
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
