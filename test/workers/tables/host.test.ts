import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import t from 'tap';
import { cpuTime } from '../../../workers/tables/cpu_time.ts';
import { loadAverage } from '../../../workers/tables/load_average.ts';
import { memoryInfo } from '../../../workers/tables/memory_info.ts';
import { time } from '../../../workers/tables/time.ts';
import { uptime } from '../../../workers/tables/uptime.ts';
import { fixture, scan } from './run-table.ts';

const root = fixture('debian-12');

/** Output of a program, or undefined where it is missing. */
const output = (program: string, ...args: string[]): string | undefined => {
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  const run = spawnSync(program, args, { encoding: 'utf8', env });
  return run.status === 0 ? run.stdout : undefined;
};

t.test('fixture', async (t) => {
  t.strictSame(scan(uptime, { root }).rows, [
    { days: 2, hours: 9, minutes: 22, seconds: 23, total_seconds: 206543 },
  ]);
  t.strictSame(scan(loadAverage, { root }).rows, [
    { period: '1m', average: '0.520000' },
    { period: '5m', average: '0.580000' },
    { period: '15m', average: '0.590000' },
  ]);
  t.match(scan(cpuTime, { root }).rows, [
    { core: 0, user: 771004n, nice: 1100n, system: 210544n, idle: 20064101n, iowait: 27012n, irq: 0n },
    { core: 1, softirq: 2111n, steal: 407n, guest: 0n, guest_nice: 0n },
  ]);
  t.strictSame(scan(memoryInfo, { root }).rows, [
    {
      memory_total: 8029560 * 1024,
      memory_free: 512340 * 1024,
      memory_available: 5890124 * 1024,
      buffers: 301220 * 1024,
      cached: 4712340 * 1024,
      swap_cached: 1024 * 1024,
      active: 2801232 * 1024,
      inactive: 3912012 * 1024,
      swap_total: 2097148 * 1024,
      swap_free: 2090004 * 1024,
    },
  ]);
});

t.test('missing and damaged files give no rows, or rows without what is missing', async (t) => {
  for (const table of [uptime, loadAverage, cpuTime, memoryInfo])
    t.strictSame(scan(table).rows, [], table.name);
  const damaged = t.testdir({
    proc: { uptime: 'soon\n', loadavg: '0.1', stat: 'cpu0\n', meminfo: 'MemTotal: x' },
  });
  t.strictSame(scan(uptime, { root: damaged }).rows, []);
  t.strictSame(scan(cpuTime, { root: damaged }).rows, []);
  t.strictSame(scan(loadAverage, { root: damaged }).rows, [{ period: '1m', average: '0.100000' }]);
  t.equal(scan(memoryInfo, { root: damaged }).rows[0]?.memory_total, undefined);
});

t.test('time is UTC but for the name of the local zone', async (t) => {
  const facts = { wallClockMs: () => 1_793_516_523_999 };
  t.strictSame(scan(time, { facts }).rows, [
    {
      weekday: 'Sunday',
      year: 2026,
      month: 11,
      day: 1,
      hour: 7,
      minutes: 2,
      seconds: 3,
      timezone: 'UTC',
      local_timezone: 'UTC',
      unix_time: 1793516523,
      timestamp: 'Sun Nov  1 07:02:03 2026 UTC',
      datetime: '2026-11-01T07:02:03Z',
      iso_8601: '2026-11-01T07:02:03Z',
    },
  ]);
  t.strictSame(scan(time, { root: '/', columns: ['unix_time'] }).opened, []);
});

const date = output('date', '-u', '-d', '@1793516523', '+%A|%FT%TZ|%a %b %e %T %Y UTC');
t.test('agrees with date', { skip: date === undefined && 'needs date (GNU)' }, async (t) => {
  const [row] = scan(time, { facts: { wallClockMs: () => 1_793_516_523_000 } }).rows;
  t.equal(`${row?.weekday}|${row?.iso_8601}|${row?.timestamp}\n`, date);
});

const zone = output('date', '+%Z');
t.test('agrees with date about the zone', { skip: zone === undefined && 'needs date' }, async (t) => {
  const { rows } = scan(time, { root: '/', facts: { wallClockMs: Date.now } });
  t.equal(rows[0]?.local_timezone, zone?.trim());
});

/** Zones as tzset(3) takes them, and one that is none. */
const zones = [
  'Asia/Kolkata',
  ':Asia/Kolkata',
  '/usr/share/zoneinfo/Asia/Kolkata',
  'UTC0',
  'CET-1CEST,M3.5.0,M10.5.0/3',
  '',
];
const withoutZones =
  (output('date') === undefined && 'needs date') ||
  (!existsSync('/usr/share/zoneinfo/Asia/Kolkata') && 'needs tzdata');
t.test('agrees with date about the zone that TZ names', { skip: withoutZones }, async (t) => {
  for (const timeZone of zones) {
    for (const unix_s of [1_784_000_000, 1_795_000_000]) {
      const facts = { wallClockMs: () => unix_s * 1000, timeZone };
      const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: timeZone };
      const { stdout } = spawnSync('date', ['-d', `@${unix_s}`, '+%Z'], { encoding: 'utf8', env });
      t.equal(scan(time, { root: '/', facts }).rows[0]?.local_timezone, stdout.trim(), timeZone);
    }
  }
  const { rows } = scan(time, { root: '/', facts: { timeZone: 'Nowhere/City' } });
  t.equal(rows[0]?.local_timezone, 'UTC', 'a zone that is none is UTC');
});

const free = output('free', '-b');
t.test('agrees with free', { skip: free === undefined && 'needs free (procps)' }, async (t) => {
  const [total] = /(?<=^Mem:\s+)\d+/m.exec(free ?? '') ?? [];
  const [swap] = /(?<=^Swap:\s+)\d+/m.exec(free ?? '') ?? [];
  const [row] = scan(memoryInfo, { root: '/' }).rows;
  t.equal(String(row?.memory_total), total);
  t.equal(String(row?.swap_total), swap);
});

const since = output('uptime', '-s');
t.test('agrees with uptime', { skip: since === undefined && 'needs uptime (procps)' }, async (t) => {
  const [row] = scan(uptime, { root: '/' }).rows;
  const boot_s = Math.round(Date.now() / 1000 - Number(row?.total_seconds));
  const expected_s = Number(output('date', '-d', since?.trim() ?? '', '+%s'));
  // Both sides round to whole seconds, and a second may pass between the two.
  t.ok(Math.abs(boot_s - expected_s) <= 3, `${boot_s} beside ${expected_s}`);
});

const nproc = output('nproc', '--all');
t.test('agrees with nproc', { skip: nproc === undefined && 'needs nproc' }, async (t) => {
  t.equal(`${scan(cpuTime, { root: '/' }).rows.length}\n`, nproc);
});
