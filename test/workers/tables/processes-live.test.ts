import { openSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { processEnvs } from '../../../workers/tables/process_envs.ts';
import { processOpenFiles } from '../../../workers/tables/process_open_files.ts';
import { processes } from '../../../workers/tables/processes.ts';
import { cat, facts, ps, type Row, rowOf, startSleeping } from './live-processes.ts';
import { scan } from './run-table.ts';

const hasPrintableName = (row: Row): boolean => /^[\w:/.()-]+$/.test(String(row.name)) && row.state !== 'Z';
/** As ps shows it: one blank between arguments, kernel threads in brackets, what is no ASCII escaped, the rest cut. */
const hasPrintableArguments = ({ cmdline }: Row): boolean =>
  /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(String(cmdline)) && String(cmdline).length < 65_536;

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
  const tick_ms = 1000 / facts.clockTicksPerSecond;
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
