import { mkdirSync } from 'node:fs';
import t from 'tap';
import { arpCache } from '../../../workers/tables/arp_cache.ts';
import { etcHosts } from '../../../workers/tables/etc_hosts.ts';
import { kernelInfo } from '../../../workers/tables/kernel_info.ts';
import { kernelModules } from '../../../workers/tables/kernel_modules.ts';
import { mounts } from '../../../workers/tables/mounts.ts';
import { fixture, scan } from './run-table.ts';

t.test('kernel_info', async (t) => {
  t.strictSame(scan(kernelInfo, { root: fixture('debian-12') }).rows, [
    {
      version: '6.1.0-25-amd64',
      arguments: 'ro quiet net.ifnames=0',
      path: '/boot/vmlinuz-6.1.0-25-amd64',
      device: 'UUID=0a3407de-014b-458b-b5c1-848e92a327a3',
    },
  ]);
  t.strictSame(scan(kernelInfo, { root: fixture('centos-7') }).rows, [
    {
      version: '3.10.0-1160.el7.x86_64',
      arguments:
        'ro crashkernel=auto rd.lvm.lv=centos/root rd.lvm.lv=centos/swap rhgb quiet LANG=en_US.UTF-8',
      path: '/vmlinuz-3.10.0-1160.el7.x86_64',
      device: '/dev/mapper/centos-root',
    },
  ]);
  // A boot loader need not say what it booted.
  t.strictSame(scan(kernelInfo, { root: fixture('alpine-3.20') }).rows, [
    {
      version: '6.6.41-0-virt',
      arguments: 'modules=loop,squashfs,sd-mod,usb-storage quiet console=tty0',
      path: undefined,
      device: undefined,
    },
  ]);
  const odd = t.testdir({
    proc: { cmdline: 'root=/dev/a  quiet root=/dev/b nfsroot=/x\r\n', version: 'Linux ver' },
  });
  t.strictSame(scan(kernelInfo, { root: odd }).rows, [
    { version: undefined, arguments: 'quiet nfsroot=/x', path: undefined, device: '/dev/b' },
  ]);
  t.strictSame(scan(kernelInfo).rows, [
    { version: undefined, arguments: '', path: undefined, device: undefined },
  ]);
});

t.test('kernel_modules', async (t) => {
  t.strictSame(scan(kernelModules, { root: fixture('debian-12') }).rows, [
    { name: 'nft_chain_nat', size: 16384, used_by: '-', status: 'Live', address: '0xffffffffc0b12000' },
    { name: 'xt_conntrack', size: 16384, used_by: '-', status: 'Live', address: '0xffffffffc0b0d000' },
    {
      name: 'nf_tables',
      size: 303104,
      used_by: 'nft_chain_nat,nft_compat',
      status: 'Live',
      address: '0xffffffffc0a90000',
    },
    { name: 'wireguard', size: 102400, used_by: '-', status: 'Live', address: '0xffffffffc0a6f000' },
    { name: 'nvidia_drm', size: 77824, used_by: '-', status: 'Live', address: '0xffffffffc1402000' },
    { name: 'btrfs', size: 1777664, used_by: '-', status: 'Loading', address: '0xffffffffc0c00000' },
  ]);
  t.strictSame(
    scan(kernelModules, { root: fixture('centos-7') }).rows.map(({ name, used_by }) => [name, used_by]),
    [
      ['xt_CHECKSUM', '-'],
      ['ipt_MASQUERADE', '-'],
      ['nf_nat', 'nf_nat_masquerade_ipv4,nf_nat_ipv4'],
      ['vboxguest', 'vboxsf'],
    ],
  );
  const damaged = t.testdir({
    proc: {
      modules:
        'short 1 - Li\n\nodd x 0 - Live 0x0\r\ncrlf 7 1 a,b, Live 0x0000000000000000\r\ncut 16384 0 - Live',
    },
  });
  t.strictSame(scan(kernelModules, { root: damaged }).rows, [
    { name: 'crlf', size: 7, used_by: 'a,b', status: 'Live', address: '0x0000000000000000' },
  ]);
  t.strictSame(scan(kernelModules).rows, []);
});

t.test('etc_hosts', async (t) => {
  const rows = (root: string): unknown => scan(etcHosts, { root }).rows.map(Object.values);
  t.strictSame(rows(fixture('debian-12')), [
    ['127.0.0.1', 'localhost', 0],
    ['127.0.1.1', 'web-01.example.org web-01', 0],
    ['::1', 'localhost ip6-localhost ip6-loopback', 0],
    ['ff02::1', 'ip6-allnodes', 0],
    ['192.0.2.10', '', 0],
  ]);
  t.strictSame(rows(fixture('centos-7')), [
    ['127.0.0.1', 'localhost localhost.localdomain localhost4 localhost4.localdomain4', 0],
    ['::1', 'localhost localhost.localdomain localhost6 localhost6.localdomain6', 0],
  ]);
  t.strictSame(rows(fixture('alpine-3.20')), [
    ['127.0.0.1', 'localhost localhost.localdomain', 0],
    ['::1', 'localhost localhost.localdomain', 0],
  ]);
  const odd = (hosts: string | Buffer): unknown => rows(t.testdir({ etc: { hosts } }));
  t.strictSame(odd(''), []);
  t.strictSame(odd('# nothing\n   \n\t# here\n'), []);
  t.strictSame(odd('10.0.0.1 one\r\n\r\n10.0.0.2\ttwo\r\n'), [
    ['10.0.0.1', 'one', 0],
    ['10.0.0.2', 'two', 0],
  ]);
  t.strictSame(odd(' 10.0.0.1   one#two three'), [['10.0.0.1', 'one', 0]], 'hosts(5): # anywhere');
  t.strictSame(odd(Buffer.from('10.0.0.1 caf\xe9\n', 'latin1')), [['10.0.0.1', 'caf\ufffd', 0]]);
  t.strictSame(scan(etcHosts).rows, []);
});

t.test('etc_hosts of another mount namespace', async (t) => {
  const root = t.testdir({
    etc: { hosts: '10.0.0.1 host\n' },
    proc: { 12: { root: { etc: { hosts: '10.0.0.2 container\n' } } } },
  });
  const rows = (...pids: string[]): unknown =>
    scan(etcHosts, { root, equals: { pid_with_namespace: pids } }).rows.map(Object.values);
  t.strictSame(rows('12', '13', 'x', '-1'), [['10.0.0.2', 'container', 12]]);
  t.strictSame(rows('0'), [['10.0.0.1', 'host', 0]]);
});

t.test('arp_cache', async (t) => {
  const rows = (root: string): unknown => scan(arpCache, { root }).rows.map(Object.values);
  t.strictSame(rows(fixture('debian-12')), [
    ['192.0.2.1', '52:54:00:12:35:02', 'ens3', '0'],
    ['192.0.2.9', '52:54:00:12:35:09', 'ens3', '1'],
    ['192.0.2.77', '00:00:00:00:00:00', 'enp2s0', '0'],
    ['198.51.100.4', '80:00:02:08:fe:80:00:00:00:00:00:00:f4:52:14:03:00:91:a2:b1', 'ib0', '0'],
  ]);
  t.strictSame(rows(fixture('centos-7')), [['10.0.2.2', '52:54:00:12:35:02', 'eth0', '0']]);
  const odd = (arp: string): unknown => rows(t.testdir({ proc: { net: { arp } } }));
  t.strictSame(odd(''), []);
  t.strictSame(odd('IP address       HW type\n'), []);
  t.strictSame(odd('IP address\r\n10.0.0.1 0x1 0x6 02:00:00:00:00:01 * eth0\r\n10.0.0.2 0x1 0x2 02:00'), [
    ['10.0.0.1', '02:00:00:00:00:01', 'eth0', '1'],
  ]);
  t.strictSame(scan(arpCache).rows, []);
});

t.test('mounts', async (t) => {
  const columns = ['device', 'device_alias', 'path', 'type', 'flags'];
  const rows = (root: string): unknown =>
    scan(mounts, { root, columns }).rows.map((row) => columns.map((column) => row[column]));
  t.strictSame(rows(fixture('debian-12')), [
    ['sysfs', 'sysfs', '/sys', 'sysfs', 'rw,nosuid,nodev,noexec,relatime'],
    ['/dev/vda1', '/dev/vda1', '/', 'ext4', 'rw,relatime,errors=remount-ro'],
    [
      'systemd-1',
      'systemd-1',
      '/proc/sys/fs/binfmt_misc',
      'autofs',
      'rw,relatime,fd=29,pgrp=1,timeout=0,minproto=5,maxproto=5,direct,pipe_ino=12862',
    ],
    ['/dev/mapper/vg0-data', '/dev/mapper/vg0-data', '/srv/my files\\x', 'ext4', 'rw,relatime'],
    [
      'tmpfs',
      'tmpfs',
      '/run/user/1000',
      'tmpfs',
      'rw,nosuid,nodev,relatime,size=802956k,mode=700,uid=1000,gid=1000,inode64',
    ],
    [
      'nas.example.org:/export',
      'nas.example.org:/export',
      '/mnt/nas',
      'nfs4',
      'rw,relatime,vers=4.2,addr=192.0.2.20',
    ],
  ]);
  t.match(rows(fixture('centos-7')), [
    ['rootfs', 'rootfs', '/', 'rootfs', 'rw'],
    ['/dev/mapper/centos-root', /./, '/', 'xfs', /^rw,seclabel/],
    ['cgroup', 'cgroup', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', /cpuacct,cpu$/],
  ]);
  t.strictSame(scan(mounts).rows, []);
  const damaged = t.testdir({ proc: { mounts: '\r\n/dev/a /a ext4 rw 0 0\r\n/dev/b /b' } });
  t.strictSame(rows(damaged), [['/dev/a', '/dev/a', '/a', 'ext4', 'rw']]);
});

t.test(
  'the device of a mount may be a link, its path any bytes, and an automount stays unmounted',
  async (t) => {
    const root = t.testdir({
      dev: { 'dm-0': '', mapper: { data: t.fixture('symlink', '../dm-0') } },
      here: {},
      proc: {
        mounts: Buffer.from(
          '/dev/mapper/data /caf\xe9 ext4 rw 0 0\ntmpfs /here tmpfs rw 0 0\nauto /here autofs rw 0 0\n',
          'latin1',
        ),
      },
    });
    mkdirSync(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.of(0xe9)]));
    const { rows, opened } = scan(mounts, { root });
    t.equal(rows[0]?.device_alias, '/dev/dm-0');
    t.type(rows[0]?.blocks, 'bigint', 'the file system is found by the bytes of its path');
    t.equal(String(rows[0]?.path).toWellFormed(), '/caf\ufffd');
    t.type(rows[1]?.blocks_size, 'number');
    t.type(rows[1]?.inodes_free, 'bigint');
    t.equal(rows[2]?.blocks, 0);
    t.strictSame(
      opened.map((path) => path.toWellFormed()),
      ['/proc/mounts', '/caf\ufffd', '/dev/mapper/data', '/here'],
    );
    t.strictSame(scan(mounts, { root, columns: ['path'] }).opened, ['/proc/mounts']);
  },
);
