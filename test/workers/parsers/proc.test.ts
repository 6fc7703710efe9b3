import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseCpuStat } from '../../../workers/parsers/cpu-stat.ts';
import { parseCpuinfo } from '../../../workers/parsers/cpuinfo.ts';
import { ipv4Number, ipv4Text, looseIpv4Number } from '../../../workers/parsers/ipv4.ts';
import { parseMeminfo } from '../../../workers/parsers/meminfo.ts';
import { parseNetDev } from '../../../workers/parsers/net-dev.ts';

const fixture = (path: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures', path), 'utf8');

t.test('cpuinfo of x86: two sockets with one core of two threads', async (t) => {
  t.strictSame(parseCpuinfo(fixture('debian-12/proc/cpuinfo')), {
    logical: 4,
    physical: 2,
    sockets: 2,
    brand: 'Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz',
    model: '85',
    microcode: '0x2007006',
    machine: 'x86_64',
  });
});

t.test('cpuinfo of arm64: the last block is no processor', async (t) => {
  t.strictSame(parseCpuinfo(fixture('raspberry-pi-os/proc/cpuinfo')), {
    logical: 2,
    physical: undefined,
    sockets: undefined,
    brand: undefined,
    model: undefined,
    microcode: undefined,
    machine: 'aarch64',
  });
});

t.test('cpuinfo that says nothing', async (t) => {
  t.match(parseCpuinfo(''), { logical: 0, physical: undefined, machine: undefined });
  t.match(parseCpuinfo('processor : 0\nflags : fpu helm\n'), { logical: 1, machine: undefined });
});

t.test('meminfo: sizes in bytes, counts left out', async (t) => {
  const sizes_bytes = parseMeminfo(fixture('debian-12/proc/meminfo'));
  t.equal(sizes_bytes.get('MemTotal'), 8029560 * 1024);
  t.equal(sizes_bytes.get('Active(anon)'), 1200312 * 1024);
  t.notOk(sizes_bytes.has('HugePages_Total'));
  t.strictSame([...parseMeminfo('MemTotal: many kB\nMemFree: 12\n\nMemAvai')], []);
});

t.test('per-core times: the sum and damaged lines are left out, old kernels have fewer', async (t) => {
  t.strictSame(
    parseCpuStat(fixture('debian-12/proc/stat')).map(({ core }) => core),
    [0, 1],
  );
  t.strictSame(parseCpuStat('cpu  1 2\ncpu3 1 2 3 18446744073709551615\ncpu4\ncpux 1\n'), [
    { core: 3, ticks: [1n, 2n, 3n, 18446744073709551615n] },
  ]);
});

t.test('net/dev', async (t) => {
  const interfaces = parseNetDev(fixture('debian-12/proc/net/dev'));
  t.strictSame([...interfaces.keys()], ['lo', 'ens3', 'enp2s0', 'tun0']);
  t.strictSame(interfaces.get('ens3'), {
    received_bytes: 5000000000n,
    received_packets: 61000n,
    receiveErrors: 1n,
    sent_bytes: 52342345n,
    sent_packets: 45000n,
    sendErrors: 4n,
    sendDropped: 5n,
    collisions: 6n,
  });
  // Old kernels write no blank after the colon, and an alias has a colon in its name.
  const line = 'eth0:1:10 1 0 0 0 0 0 0 20 2 0 0 0 0 0 0';
  t.equal(parseNetDev(line).get('eth0:1')?.received_bytes, 10n);
  t.equal(parseNetDev('eth0: 1 2 3\n').size, 0);
});

t.test('IPv4 numbers', async (t) => {
  for (const address of ['0.0.0.0', '192.0.2.255', '255.255.255.255']) {
    t.equal(ipv4Text(ipv4Number(address) ?? Number.NaN), address);
  }
  for (const address of ['', '1.2.3', '1.2.3.256', '1.2.3.4.5', 'a.b.c.d', '::1']) {
    t.equal(ipv4Number(address), undefined, address);
  }
});

t.test('IPv4 addresses as inet_aton takes them', async (t) => {
  for (const [address, number] of [
    ['1.2.3.4', 0x0102_0304],
    ['1.2', 0x0100_0002],
    ['1.2.65535', 0x0102_ffff],
    ['4294967295', 0xffff_ffff],
    ['0x7F.1', 0x7f00_0001],
    ['010.0x10.1.0', 0x0810_0100],
    ['037777777777', 0xffff_ffff],
    ['0', 0],
  ] as const)
    t.equal(looseIpv4Number(address), number, address);
  for (const none of ['', '.', '1.', '1..2', '08.1.1.1', '1.2.3.256', '1.2.65536', '256.1', '4294967296'])
    t.equal(looseIpv4Number(none), undefined, none);
  for (const none of ['1.2.3.4.5', '0x', '+1', '1e3', ' 1', '1.2.3.4\r', '\u0663', '9'.repeat(1e6)])
    t.equal(looseIpv4Number(none), undefined, none.slice(0, 20));
});
