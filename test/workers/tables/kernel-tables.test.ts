import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import t, { type Test } from 'tap';
import type { Table } from '../../../protocol/table.ts';
import { acpiTables } from '../../../workers/tables/acpi_tables.ts';
import { interfaceIpv6 } from '../../../workers/tables/interface_ipv6.ts';
import { kernelKeys } from '../../../workers/tables/kernel_keys.ts';
import { mdPersonalities } from '../../../workers/tables/md_personalities.ts';
import { memoryMap } from '../../../workers/tables/memory_map.ts';
import { sharedMemory } from '../../../workers/tables/shared_memory.ts';
import { scan, tree } from './run-table.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

const rowsOf = (t: Test, table: Table, content: Readonly<Record<string, unknown>>): Rows =>
  scan(table, { root: tree(t, content) }).rows;

const heading =
  '       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid' +
  '      atime      dtime      ctime                   rss                  swap\n';
const segment =
  '1627389953          3  3600             268435456   901   902      2  1000  1000     0     0' +
  ' 1700000001          0 1700000000              20480                     0\n';

t.test('shared_memory', async (t) => {
  const rows = (shm: string): Rows => rowsOf(t, sharedMemory, { proc: { sysvipc: { shm } } });
  const expected = {
    shmid: 3,
    owner_uid: 1000,
    creator_uid: 0,
    pid: 902,
    creator_pid: 901,
    atime: 1700000001,
    dtime: 0,
    ctime: 1700000000,
    permissions: '3600',
    size: 268435456n,
    attached: 2,
    status: 'dest',
    locked: 1,
  };
  t.strictSame(rows(heading + segment), [expected], 'marked for removal and locked');
  t.match(rows(heading + segment.replace(' 3600 ', '  644 ')), [
    { permissions: '0644', status: '', locked: 0 },
  ]);
  const without = (text: string): string => text.split(/ +/).slice(0, -2).join(' ');
  t.strictSame(
    rows(`${without(heading)}\n${without(segment.trimEnd())} `),
    [expected],
    'before Linux 2.6.35',
  );
  for (const bad of ['', heading, segment, `${heading}x y z\n`, heading + segment.slice(0, 40)])
    t.strictSame(rows(bad), [], bad.slice(0, 40));
  t.equal(rows(heading + segment.repeat(32_768)).length, 32_768);
  t.strictSame(scan(sharedMemory).rows, []);
});

t.test('kernel_keys', async (t) => {
  const rows = (keys: string | Buffer): Rows => rowsOf(t, kernelKeys, { proc: { keys } });
  t.strictSame(
    rows(
      '27bafcd6 I--Q---     1 perm 1f3f0000     0    -1 keyring   _uid_ses.0: 1\n' +
        '009a2028 I--Q---    12   3d 3f010000  1000  1000 user      krb_ccache:primary: 12\r\n' +
        '1e19a123 I------     1 expd 0f0b0000     0     0 asymmetri Build time key: ab cd: X509.rsa\n',
    ),
    [
      ['27bafcd6', 'I--Q---', 1, 'perm', '1f3f0000', 0, -1, 'keyring', '_uid_ses.0: 1'],
      ['009a2028', 'I--Q---', 12, '3d', '3f010000', 1000, 1000, 'user', 'krb_ccache:primary: 12'],
      ['1e19a123', 'I------', 1, 'expd', '0f0b0000', 0, 0, 'asymmetri', 'Build time key: ab cd: X509.rsa'],
    ].map(([serial_number, flags, usage, timeout, permissions, uid, gid, type, description]) => ({
      serial_number,
      flags,
      timeout,
      permissions,
      type,
      description,
      usage,
      uid,
      gid,
    })),
  );
  for (const bad of ['', '\n', '27bafcd6 I--Q---', 'serial flags usage', '\0'.repeat(100_000)])
    t.strictSame(rows(bad), []);
  t.strictSame(scan(kernelKeys).rows, []);
});

t.test('memory_map', async (t) => {
  const rows = (iomem: string): Rows => rowsOf(t, memoryMap, { proc: { iomem } });
  t.strictSame(
    rows('00001000-0009fbff : System RAM\n  000f0000-000fffff : PCI Bus 0000:00\n    1-2 : a - b : c\r\n'),
    [
      { name: 'System RAM', start: '0x00001000', end: '0x0009fbff' },
      { name: 'PCI Bus 0000:00', start: '0x000f0000', end: '0x000fffff' },
      { name: 'a - b : c', start: '0x1', end: '0x2' },
    ],
  );
  for (const bad of ['', '1-2', '1-2 : ', '12 : x', `1-${'2'.repeat(100_000)}`]) t.strictSame(rows(bad), []);
});

t.test('md_personalities', async (t) => {
  const names = (mdstat: string): unknown[] =>
    rowsOf(t, mdPersonalities, { proc: { mdstat } }).map(({ name }) => name);
  t.strictSame(names('Personalities : [linear] [raid1] [raid6] \nmd0 : active raid1 sdb1[1] sda1[0]\n'), [
    'linear',
    'raid1',
    'raid6',
  ]);
  for (const none of [
    '',
    'Personalities : \nunused devices: <none>\n',
    'md0 : active [raid1]\n',
    'Personalities : [',
  ])
    t.strictSame(names(none), []);
  t.strictSame(scan(mdPersonalities).rows, [], 'a kernel without md');
});

t.test('interface_ipv6', async (t) => {
  const conf = (hop: number, forwarding: number, redirects: number, ra: number): object => ({
    hop_limit: `${hop}\n`,
    forwarding: `${forwarding}\n`,
    accept_redirects: `${redirects}\n`,
    accept_ra: `${ra}\n`,
  });
  const rows = (all: object, x0: object): Rows =>
    rowsOf(t, interfaceIpv6, {
      sys: { class: { net: { x0: {} } } },
      proc: { sys: { net: { ipv6: { conf: { all, x0 } } } } },
    });
  const accepts = (all: object, x0: object): unknown[] =>
    rows(all, x0).map(({ redirect_accept, rtadv_accept }) => [redirect_accept, rtadv_accept]);
  t.strictSame(rows(conf(64, 0, 1, 1), conf(255, 0, 1, 1)), [
    { interface: 'x0', hop_limit: 255, forwarding_enabled: 0, redirect_accept: 1, rtadv_accept: 1 },
  ]);
  t.strictSame(accepts(conf(64, 0, 1, 0), conf(64, 0, 0, 0)), [[1, 0]], 'a host: one of both');
  t.strictSame(accepts(conf(64, 1, 1, 0), conf(64, 1, 0, 1)), [[0, 0]], 'a router: both');
  t.strictSame(accepts(conf(64, 1, 1, 0), conf(64, 1, 1, 2)), [[1, 1]], '2 accepts always');
  t.match(rows(conf(64, 0, 1, 1), {}), [
    { hop_limit: -1, forwarding_enabled: -1, redirect_accept: -1, rtadv_accept: -1 },
  ]);
  t.match(rows({}, { hop_limit: 'many' }), [{ hop_limit: -1 }]);
  const root = tree(t, {
    sys: { class: { net: { x0: {} } } },
    proc: { sys: { net: { ipv6: { conf: { x0: conf(64, 0, 1, 1) } } } } },
  });
  t.strictSame(scan(interfaceIpv6, { root, columns: ['hop_limit'] }).opened, [
    '/sys/class/net',
    '/proc/sys/net/ipv6/conf/x0/hop_limit',
  ]);
});

t.test('acpi_tables', async (t) => {
  const tables = { FACP: Buffer.from('FACP\0\xff', 'latin1'), EMPTY: '', dynamic: { SSDT5: 'SSDT' } };
  const root = tree(t, { sys: { firmware: { acpi: { tables } } } });
  const { rows } = scan(acpiTables, { root });
  const md5 = (bytes: string | Buffer): string => createHash('md5').update(bytes).digest('hex');
  t.strictSame(
    rows.toSorted((a, b) => String(a.name).localeCompare(String(b.name))),
    [
      { name: 'EMPTY', size: 0, md5: md5('') },
      { name: 'FACP', size: 6, md5: md5(tables.FACP) },
      { name: 'SSDT5', size: 4, md5: md5('SSDT') },
    ],
  );
  t.notOk(scan(acpiTables, { root, columns: ['name'] }).opened.some((path) => path.endsWith('FACP')));
  t.strictSame(scan(acpiTables).rows, []);
});

const run = (program: string, ...args: string[]): string | undefined => {
  const { status, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: 'C' },
  });
  return status === 0 ? stdout.trim() : undefined;
};

const made = /\d+$/.exec(run('ipcmk', '-M', '8192', '-p', '0640') ?? '')?.[0];
t.teardown(() => made !== undefined && run('ipcrm', '-m', made));
t.test('agrees with ipcs', { skip: made === undefined && 'needs ipcmk (util-linux)' }, async (t) => {
  const said = run('ipcs', '-m', '-i', String(made)) ?? '';
  const number = (name: string): number => Number(new RegExp(`\\b${name}=(\\d+)`).exec(said)?.[1]);
  const row = scan(sharedMemory, { root: '/' }).rows.find(({ shmid }) => shmid === Number(made));
  t.match(row, {
    owner_uid: number('uid'),
    creator_uid: number('cuid'),
    creator_pid: number('cpid'),
    attached: number('nattch'),
    size: 8192n,
    permissions: '0640',
  });
});

const hopLimit = run('sysctl', '-n', 'net.ipv6.conf.lo.hop_limit');
t.test('agrees with sysctl', { skip: hopLimit === undefined && 'needs sysctl and IPv6' }, async (t) => {
  const setting = (name: string): number => Number(run('sysctl', '-n', `net.ipv6.conf.lo.${name}`));
  t.match(
    scan(interfaceIpv6, { root: '/' }).rows.find((row) => row.interface === 'lo'),
    {
      hop_limit: Number(hopLimit),
      forwarding_enabled: setting('forwarding'),
    },
  );
});

const sums = run('sh', '-c', 'find /sys/firmware/acpi/tables -type f -exec md5sum {} +');
t.test('agrees with md5sum', { skip: !sums && 'needs readable ACPI tables' }, async (t) => {
  const said = (sums ?? '').split('\n').map((line) => `${line.split('/').at(-1)} ${line.slice(0, 32)}`);
  const shown = scan(acpiTables, { root: '/' }).rows.map(({ name, md5 }) => `${name} ${md5}`);
  t.strictSame(shown.toSorted(), said.toSorted());
});
