import t from 'tap';
import { processes } from '../../../workers/tables/processes.ts';
import { scan, tree } from './run-table.ts';

type Directory = Readonly<Record<string, unknown>>;

const bootTime = 'cpu  1 2\ncpu0 1 2\nbtime 1795400000\nprocesses 9\n';

/** /proc/<pid>/stat of Linux 6.1 with a name of choice. */
const stat = (name: string, state = 'S'): string =>
  `12 (${name}) ${state} 1 11 10 0 -1 4194560 9284 0 84 0 1234 567 0 0 20 -5 3 0 45678 17301504 2560 ` +
  '18446744073709551615 1 1 0 0 0 0 671173123 4096 1260 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n';

const status = (uid = '0\t1\t2\t3', gid = '4\t5\t6\t7'): string =>
  `Name:\tname\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t12\nPid:\t12\nPPid:\t1\nUid:\t${uid}\nGid:\t${gid}\nFDSize:\t64\nVmRSS:\t    9876 kB\nThreads:\t3\n`;

const io =
  'rchar: 10\nwchar: 20\nsyscr: 1\nsyscw: 2\nread_bytes: 8192\nwrite_bytes: 40960\ncancelled_write_bytes: 4096\n';

t.test('every column of a process', async (t) => {
  const root = tree(t, {
    usr: { sbin: { sshd: '' } },
    proc: {
      stat: bootTime,
      12: {
        stat: stat('sshd'),
        status: status(),
        io,
        cmdline: 'sshd: /usr/sbin/sshd -D [listener]\0\0\0',
        exe: t.fixture('symlink', '/usr/sbin/sshd'),
        cwd: t.fixture('symlink', '/home/a b'),
        root: t.fixture('symlink', '/'),
        cgroup: '0::/system.slice/ssh.service\n',
      },
    },
  });
  t.strictSame(scan(processes, { root }).rows, [
    {
      pid: 12,
      name: 'sshd',
      path: '/usr/sbin/sshd',
      cmdline: 'sshd: /usr/sbin/sshd -D [listener]',
      state: 'S',
      cwd: '/home/a b',
      root: '/',
      uid: 0,
      gid: 4,
      euid: 1,
      egid: 5,
      suid: 2,
      sgid: 6,
      on_disk: 1,
      wired_size: 0,
      resident_size: 9876 * 1024,
      total_size: 17301504,
      user_time: 12340,
      system_time: 5670,
      disk_bytes_read: 8192,
      disk_bytes_written: 40960 - 4096,
      start_time: 1795400000 + 456,
      parent: 1,
      pgroup: 11,
      threads: 3,
      nice: -5,
      cgroup_path: '/system.slice/ssh.service',
    },
  ]);
  const ticks = { clockTicksPerSecond: 250, page_bytes: 65_536 };
  t.match(scan(processes, { root, facts: ticks }).rows, [
    { user_time: 4936, system_time: 2268, start_time: 1795400000 + 182 },
  ]);
});

t.test('only the files of the columns in use are opened', async (t) => {
  const root = tree(t, {
    proc: {
      stat: bootTime,
      12: {
        stat: stat('a'),
        status: status(),
        io,
        cmdline: 'a\0',
        cgroup: '0::/\n',
        exe: t.fixture('symlink', '/a'),
        cwd: t.fixture('symlink', '/b'),
        root: t.fixture('symlink', '/'),
      },
    },
  });
  const opened = (...columns: string[]): readonly string[] =>
    scan(processes, { root, columns, equals: { pid: ['12'] } })
      .opened.map((path) => path.replace('/proc/', ''))
      .filter((path) => path !== '12/stat');
  t.strictSame(opened('pid', 'name', 'state', 'total_size', 'user_time', 'nice'), []);
  t.strictSame(opened('egid'), ['12/status']);
  t.strictSame(opened('resident_size'), ['12/status']);
  t.strictSame(opened('start_time'), ['stat']);
  t.strictSame(opened('disk_bytes_written'), ['12/io']);
  t.strictSame(opened('cmdline'), ['12/cmdline']);
  t.strictSame(opened('cgroup_path'), ['12/cgroup']);
  t.strictSame(opened('path'), ['12/exe']);
  t.strictSame(opened('cwd'), ['12/cwd']);
  t.strictSame(opened('root'), ['12/root']);
});

/** One process whose directory holds this beside a whole stat and status. */
const processRow = (directory: Directory, files: Directory = {}): Readonly<Record<string, unknown>> => {
  const own = { stat: stat('a'), status: status(), ...directory };
  const root = tree(t, { ...files, proc: { stat: bootTime, 12: own } });
  return scan(processes, { root }).rows[0] ?? {};
};

t.test('names hold anything', async (t) => {
  for (const name of ['a) S 1 (b', '((', ')', '', ' ', 'a\nb) Z 0', 'ä日本', '0 0 0']) {
    t.match(processRow({ stat: stat(name) }), { name, state: 'S', parent: 1, start_time: 1795400456 }, name);
  }
  const cut = Buffer.from(stat('caf\xe9'), 'latin1');
  t.equal(processRow({ stat: cut }).name, 'caf\ufffd', 'the kernel cuts names within a character');
});

t.test('a process that ends while it is read has no row', async (t) => {
  const whole = stat('a');
  const rows = (directory: Directory, columns?: string[]): number => {
    const root = tree(t, { proc: { 12: directory } });
    return scan(processes, { root, ...(columns === undefined ? {} : { columns }) }).rows.length;
  };
  t.equal(rows({}), 0, 'gone before its stat');
  t.equal(rows({ stat: '', status: status() }), 0, 'gone within its stat');
  t.equal(rows({ stat: whole }), 0, 'gone after its stat');
  t.equal(rows({ stat: whole }, ['pid', 'name']), 1, 'what is not asked for is not missed');
  t.equal(rows({ stat: whole, status: status() }), 1, 'the rest may be denied');
});

t.test('a stat that is cut or damaged is no process', async (t) => {
  const whole = stat('a');
  const end = whole.indexOf(' 2560 ') + ' 2560 '.length;
  for (let length = 0; length < end; length += 1) {
    t.notOk('pid' in processRow({ stat: whole.slice(0, length) }), `${length} bytes`);
  }
  t.equal(processRow({ stat: whole.slice(0, end) }).total_size, 17301504);
  t.notOk('pid' in processRow({ stat: whole.replace(' 1234 ', ' x ') }));
  t.notOk('pid' in processRow({ stat: whole.replace(' 1234 ', ' - ') }));
  t.notOk('pid' in processRow({ stat: whole.replace(' S ', ' ') }));
  t.equal(processRow({ stat: whole.replace('\n', '\r\n') }).pid, 12);
});

t.test('what is missing or damaged leaves its columns empty', async (t) => {
  t.match(processRow({}), {
    path: '',
    on_disk: -1,
    cmdline: '',
    cwd: undefined,
    disk_bytes_read: undefined,
    cgroup_path: '',
  });
  for (const broken of ['', 'Uid:\t0\t0\t0\t0\n', status('0\t1\t2'), status('x\t1\t2\t3'), status('')])
    t.match(processRow({ status: broken }), { pid: 12, uid: undefined, euid: undefined }, broken);
  t.match(processRow({ status: status().split('5\t')[0] ?? '' }), {
    suid: 2,
    gid: undefined,
    egid: undefined,
  });
  t.match(processRow({ status: status().replaceAll('\n', '\r\n') }), { uid: 0, egid: 5 });
  t.match(processRow({ status: status().replace('name', '\\nUid:\t9\t9\t9\t9') }), { uid: 0 });
  for (const broken of ['', 'read_bytes: 5\n', io.slice(0, -2), io.replace('8192', '-')])
    t.match(
      processRow({ io: broken }),
      { disk_bytes_read: undefined, disk_bytes_written: undefined },
      broken,
    );
  t.match(processRow({ io: io.replaceAll('\n', '\r\n') }), {
    disk_bytes_read: 8192,
    disk_bytes_written: 36864,
  });
  t.equal(
    processRow({ io: io.replace('40960', '0') }).disk_bytes_written,
    -4096,
    'it may drop what others dirtied',
  );
  const root = tree(t, {
    proc: { stat: 'cpu 1\nbtime soon\n', 12: { stat: stat('a'), status: status() } },
  });
  t.equal(scan(processes, { root }).rows[0]?.start_time, -1);
});

t.test('cmdline', async (t) => {
  const cmdline = (content: string | Buffer): unknown => processRow({ cmdline: content }).cmdline;
  t.equal(cmdline('a\0b c\0\0d\0'), 'a b c  d');
  t.equal(cmdline('postgres: checkpointer      \0\0\0'), 'postgres: checkpointer');
  t.equal(cmdline('\0\0'), '');
  t.equal(cmdline('no end'), 'no end');
  t.equal(cmdline('a\nb\r\n\0'), 'a\nb');
  t.equal(cmdline(Buffer.from([0x61, 0xff, 0])), 'a\ufffd');
  t.equal(cmdline('\u00a0a\u00a0\0'), '\u00a0a\u00a0', 'osquery trims ASCII blanks only');
  const gap = `a${'\0'.repeat(100_000)}b`;
  t.equal(cmdline(gap), gap.replaceAll('\0', ' '), 'a long gap costs no more than its length');
});

t.test('cgroup of version 2, of version 1 and of a mixed host', async (t) => {
  const path = (cgroup: string): unknown => processRow({ cgroup }).cgroup_path;
  t.equal(
    path('0::/user.slice/user-1000.slice/session-3.scope\n'),
    '/user.slice/user-1000.slice/session-3.scope',
  );
  t.equal(path('11:hugetlb:/a\n10:cpu,cpuacct:/b\n1:name=systemd:/c\n'), '/a', 'as osquery, the first line');
  t.equal(path('12:pids:/docker/4f2a\n1:name=systemd:/x\n0::/system.slice\n'), '/docker/4f2a');
  t.equal(path('0::/a:b c\n'), '/a:b c');
  t.equal(path('0::/../..\r\n'), '/../..');
  t.equal(path('0::'), '');
  t.equal(path('0:'), '');
  t.equal(path('nonsense\n'), '');
});

t.test('the program of a process, on the disk and not', async (t) => {
  const program = (target: string, files: Directory = {}, more: Directory = {}): unknown => {
    const { path, on_disk } = processRow({ exe: t.fixture('symlink', target), ...more }, files);
    return [path, on_disk];
  };
  t.strictSame(program('/bin/a', { bin: { a: '' } }), ['/bin/a', 1]);
  t.strictSame(program('/bin/a'), ['/bin/a', 0]);
  t.strictSame(program('/bin/a (deleted)'), ['/bin/a', 0]);
  t.strictSame(program('/bin/a (deleted)', { bin: { a: 'a new one' } }), ['/bin/a', 0], 'an update');
  t.strictSame(
    program('/bin/a (deleted)', { bin: { 'a (deleted)': '' } }),
    ['/bin/a (deleted)', 1],
    'a name',
  );
  const container = t.fixture('symlink', '/container');
  t.strictSame(program('/app/a', { container: { app: { a: '' } } }, { root: container }), ['/app/a', 1]);
  t.strictSame(program('/app/b', { container: { app: { a: '' } } }, { root: container }), ['/app/b', 0]);
});

t.test('arguments that are too long are cut, and said to be', async (t) => {
  const limit = 160 * 1024;
  const scanned = (cmdline: string): { readonly length: number; readonly warnings: readonly string[] } => {
    const root = tree(t, { proc: { 12: { stat: stat('a'), cmdline } } });
    const { rows, warnings } = scan(processes, { root, columns: ['cmdline'] });
    return { length: String(rows[0]?.cmdline).length, warnings };
  };
  t.strictSame(scanned('x'.repeat(limit)), { length: limit, warnings: [] });
  t.match(scanned('x'.repeat(limit + 1)), {
    length: limit,
    warnings: [/^the cmdline of process 12 is longer than 160 KiB/],
  });
  t.equal(scanned('\x01'.repeat(limit)).length, Math.floor(limit / 6), 'six bytes each in a result');
  t.equal(scanned('"'.repeat(limit)).length, limit / 2);
  t.equal(scanned('é'.repeat(limit)).length, Math.floor(limit / 3));
  t.equal(scanned(`x${'😀'.repeat(limit / 4)}`).length % 2, 1, 'no half of a character is left');
});

t.test('processes are those asked for, or all of /proc and nothing else of it', async (t) => {
  const process = (): Directory => ({ stat: stat('a'), status: status() });
  const root = tree(t, {
    proc: { 1: process(), 23: process(), '01': process(), self: process(), '12x': process(), fs: {} },
  });
  const pids = (...asked: string[]): unknown =>
    scan(processes, { root, columns: ['pid'], ...(asked.length > 0 ? { equals: { pid: asked } } : {}) })
      .rows.map(({ pid }) => pid)
      .toSorted();
  t.strictSame(pids(), [1, 23]);
  t.strictSame(pids('23'), [23]);
  t.strictSame(pids('1', '2', '0', '-1', '', '../1', '12x', '99999999999'), [1]);
  t.strictSame(scan(processes).rows, []);
});
