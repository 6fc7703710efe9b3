import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, uptime as uptimeOfKernel } from 'node:os';
import t from 'tap';
import { arpCache } from '../../../workers/tables/arp_cache.ts';
import { cpuTime } from '../../../workers/tables/cpu_time.ts';
import { etcHosts } from '../../../workers/tables/etc_hosts.ts';
import { kernelInfo } from '../../../workers/tables/kernel_info.ts';
import { kernelModules } from '../../../workers/tables/kernel_modules.ts';
import { loadAverage } from '../../../workers/tables/load_average.ts';
import { memoryInfo } from '../../../workers/tables/memory_info.ts';
import { mounts } from '../../../workers/tables/mounts.ts';
import { uptime } from '../../../workers/tables/uptime.ts';
import { scan } from './run-table.ts';

/** Output of a program, or undefined where it is missing or has no such option. */
const output = (program: string, ...args: string[]): string | undefined => {
  const env = { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: 'C' };
  const run = spawnSync(program, args, { encoding: 'utf8', env });
  return run.status === 0 ? run.stdout : undefined;
};

const live = { root: '/' };
/** While other tests write, the space of a disk moves between two looks again and again. */
const looks = 200;

/**
 * Two looks at what moves: taken again until both show the same, at most so often. A wrong value never agrees.
 */
const agreed = <T>(ours: () => T, theirs: () => T): readonly [T, T] => {
  for (let look = 1; ; look += 1) {
    const pair = [ours(), theirs()] as const;
    if (look === looks || JSON.stringify(pair[0]) === JSON.stringify(pair[1])) return pair;
  }
};

t.test('kernel_info agrees with uname(2) and loses no argument', async (t) => {
  const [row] = scan(kernelInfo, live).rows;
  t.equal(row?.version, release());
  const shown = [
    ...(row?.path === undefined ? [] : [`BOOT_IMAGE=${row.path}`]),
    ...(row?.device === undefined ? [] : [`root=${row.device}`]),
    ...String(row?.arguments).split(' '),
  ];
  const words = readFileSync('/proc/cmdline', 'utf8').trim().split(/\s+/);
  t.strictSame(new Set(shown), new Set(words));
});

const noModules = !existsSync('/proc/modules') && 'needs a kernel with loadable modules';
t.test('kernel_modules agrees with /sys/module', { skip: noModules }, async (t) => {
  for (const { name, size, status, used_by } of scan(kernelModules, live).rows) {
    const directory = `/sys/module/${name}`;
    const told = (file: string): string => readFileSync(`${directory}/${file}`, 'utf8').trim();
    t.equal(size, Number(told('coresize')), `size of ${name}`);
    t.equal(String(status).toLowerCase(), told('initstate'), `state of ${name}`);
    for (const user of String(used_by)
      .split(',')
      .filter((each) => each !== '-'))
      t.ok(existsSync(`${directory}/holders/${user}`) || user === '[permanent]', `${user} uses ${name}`);
  }
});

const hosts = output('getent', '-s', 'files', 'hosts');
t.test('etc_hosts agrees with getent', { skip: hosts === undefined && 'needs getent (glibc)' }, async (t) => {
  // getent shows ::1 as 127.0.0.1, so that address is compared in one direction.
  const told = (hosts ?? '')
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/).join(' '));
  const shown = scan(etcHosts, live).rows.filter(({ hostnames }) => hostnames !== '');
  const lines = shown.map(({ address, hostnames }) => `${address} ${hostnames}`);
  t.ok(lines.length > 0);
  for (const line of told.filter((each) => !each.startsWith('127.0.0.1 '))) t.ok(lines.includes(line), line);
  for (const line of lines.filter((each) => each.startsWith('127.0.0.1 '))) t.ok(told.includes(line), line);
});

const noIp = output('ip', '-4', 'neigh') === undefined && 'needs ip (iproute2)';
t.test('arp_cache agrees with ip neigh', { skip: noIp }, async (t) => {
  const theirs = (): string[] =>
    (output('ip', '-4', 'neigh', 'show', 'nud', 'all') ?? '')
      .split('\n')
      .filter((line) => line.includes(' lladdr ') && !/ (NOARP|proxy)/.test(line))
      .map((line) => {
        const [, address, device, mac] = /^(\S+) dev (\S+) lladdr (\S+)/.exec(line) ?? [];
        return `${address} ${mac} ${device} ${line.includes('PERMANENT') ? 1 : 0}`;
      });
  const ours = (): string[] =>
    scan(arpCache, live)
      .rows.filter(({ mac }) => !/^[0:]*$/.test(String(mac)))
      .map((row) => `${row.address} ${row.mac} ${row.interface} ${row.permanent}`);
  t.strictSame(
    ...agreed(
      () => ours().toSorted(),
      () => theirs().toSorted(),
    ),
  );
});

interface Found {
  readonly source: string | null;
  readonly target: string;
  readonly fstype: string;
  readonly options: string;
}
const findmnt = ['--kernel', '--list', '--json', '--nofsroot', '--output', 'source,target,fstype,options'];
const noFindmnt = output('findmnt', ...findmnt) === undefined && 'needs findmnt (util-linux)';
t.test('mounts agrees with findmnt', { skip: noFindmnt }, async (t) => {
  const line = (device: unknown, path: unknown, type: unknown, flags: unknown): string =>
    `${device} ${path} ${type} ${[...new Set(String(flags).split(','))].toSorted().join()}`;
  const ours = (): string[] =>
    scan(mounts, live).rows.map(({ device, path, type, flags }) => line(device, path, type, flags));
  const theirs = (): string[] => {
    const told = JSON.parse(output('findmnt', ...findmnt) ?? '') as {
      readonly filesystems: readonly Found[];
    };
    return told.filesystems.map(({ source, target, fstype, options }) =>
      line(source ?? 'none', target, fstype, options),
    );
  };
  t.ok(ours().length > 0);
  t.strictSame(
    ...agreed(
      () => ours().toSorted(),
      () => theirs().toSorted(),
    ),
  );
});

const spaceColumns = ['blocks_size', 'blocks', 'blocks_free', 'blocks_available', 'inodes', 'inodes_free'];
const noStat = output('stat', '-f', '-c', '%s', '/') === undefined && 'needs stat (GNU)';
/** The six numbers of a mount as the table has them, and as stat(1) tells them. */
const spaceInTable = (path: string): readonly number[] => {
  const last = scan(mounts, live).rows.findLast((each) => each.path === path) ?? {};
  return spaceColumns.map((column) => Number(last[column]));
};
const spaceByStat = (path: string): readonly number[] =>
  (output('stat', '-f', '-c', '%s %b %f %a %c %d', path) ?? '').trim().split(' ').map(Number);
const mountPaths = (): readonly string[] =>
  scan(mounts, { ...live, columns: ['path'] }).rows.map(({ path }) => String(path));

t.test('the space on mounts of the kernel agrees with stat -f', { skip: noStat }, async (t) => {
  for (const path of ['/proc', '/dev/shm'].filter((each) => mountPaths().includes(each))) {
    t.strictSame(
      ...agreed(
        () => spaceInTable(path),
        () => spaceByStat(path),
      ),
      path,
    );
  }
});

// Somebody writes to a real disk at every moment, on a shared one also between any two calls: what
// is free cannot be equal, only near, so no number may lie further off than 1 % of the whole.
t.test('the space on the root disk is near to what stat -f tells', { skip: noStat }, async (t) => {
  const [ours, told] = [spaceInTable('/'), spaceByStat('/')];
  const [size, blocks = 0, , , inodes = 0] = told;
  t.equal(ours[0], size);
  for (const [at, column] of spaceColumns.entries()) {
    const whole = column.startsWith('inodes') ? inodes : blocks;
    const off = Math.abs((ours[at] ?? Number.NaN) - (told[at] ?? 0));
    t.ok(off <= Math.max(1, whole / 100), `${column}: ${ours[at]}, stat ${told[at]}`);
  }
});

t.test(
  'load_average agrees with uptime',
  { skip: output('uptime') === undefined && 'needs uptime' },
  async (t) => {
    const rows = (): string =>
      scan(loadAverage, live)
        .rows.map(({ average }) => Number(average).toFixed(2))
        .join(', ');
    // Its line begins with the time of day.
    t.equal(...agreed(rows, () => /average: (.*)/.exec(output('uptime') ?? '')?.[1] ?? ''));
    t.strictSame(
      scan(loadAverage, live).rows.map(({ period }) => period),
      ['1m', '5m', '15m'],
    );
  },
);

t.test('uptime lies between what sysinfo(2) tells before and after', async (t) => {
  const before_s = Math.floor(uptimeOfKernel());
  const [row] = scan(uptime, live).rows;
  const after_s = Math.floor(uptimeOfKernel());
  const total_s = Number(row?.total_seconds);
  t.ok(before_s <= total_s && total_s <= after_s, `${before_s} ${total_s} ${after_s}`);
  const parts = [row?.days, row?.hours, row?.minutes, row?.seconds].map(Number);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts;
  t.equal(((days * 24 + hours) * 60 + minutes) * 60 + seconds, total_s);
  t.ok(hours < 24 && minutes < 60 && seconds < 60);
});

t.test('cpu_time lies between what libuv tells before and after', async (t) => {
  const tick_ms = 10;
  const before = cpus();
  const rows = scan(cpuTime, live).rows;
  const after = cpus();
  t.equal(rows.length, before.length);
  t.ok(rows.length >= availableParallelism());
  for (const [index, row] of rows.entries()) {
    for (const [column, name] of [
      ['user', 'user'],
      ['nice', 'nice'],
      ['system', 'sys'],
      ['idle', 'idle'],
      ['irq', 'irq'],
    ] as const) {
      const value_ms = Number(row[column]) * tick_ms;
      const [from, to] = [before[index]?.times[name] ?? Number.NaN, after[index]?.times[name] ?? Number.NaN];
      // The kernel's idle time steps back now and then (proc_stat(5), iowait and idle).
      const slack_ms = column === 'idle' ? 100 * tick_ms : 0;
      t.ok(
        from - slack_ms <= value_ms && value_ms <= to + slack_ms,
        `core ${index} ${column}: ${from} ${value_ms} ${to}`,
      );
    }
  }
});

/** What vmstat(8) and free(1) tell now, in the columns of `memory_info`. */
const toldMemory = () => {
  const told = output('vmstat', '-s') ?? '';
  const available = /^Mem:(?:\s+\d+){6}\s+(\d+)/m.exec(output('free', '-wb') ?? '')?.[1];
  const bytesOf = (label: string): number =>
    Number(new RegExp(`(\\d+) K ${label}$`, 'm').exec(told)?.[1]) * 1024;
  return {
    memory_total: bytesOf('total memory'),
    memory_free: bytesOf('free memory'),
    memory_available: Number(available),
    buffers: bytesOf('buffer memory'),
    active: bytesOf('active memory'),
    inactive: bytesOf('inactive memory'),
    swap_total: bytesOf('total swap'),
    swap_free: bytesOf('free swap'),
  };
};

const noVmstat = output('vmstat', '-s', '-S', 'k') === undefined && 'needs vmstat (procps)';
t.test(
  'memory_info lies between what vmstat and free tell before and after',
  { skip: noVmstat },
  async (t) => {
    const before = toldMemory();
    const [row] = scan(memoryInfo, live).rows;
    const after = toldMemory();
    // What comes and goes between two looks is far less than from one column to another.
    const slack_bytes = 256 * 2 ** 20;
    for (const column of Object.keys(before) as (keyof typeof before)[]) {
      const value = Number(row?.[column]);
      const [from, to] = [before[column], after[column]].toSorted((a, b) => a - b);
      const slack = column.endsWith('_total') ? 0 : slack_bytes;
      t.ok(
        value >= (from ?? Number.NaN) - slack && value <= (to ?? Number.NaN) + slack,
        `${column}: ${from} ${value} ${to}`,
      );
    }
  },
);
