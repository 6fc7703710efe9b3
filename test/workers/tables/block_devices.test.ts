import { spawnSync } from 'node:child_process';
import t from 'tap';
import { decodeUdev, parseUdevData } from '../../../workers/parsers/udev-data.ts';
import { blockDevices } from '../../../workers/tables/block_devices.ts';
import { scan, tree } from './run-table.ts';

const link = (target: string): ReturnType<typeof t.fixture> => t.fixture('symlink', target);

const sda = {
  dev: '8:0\n',
  size: '1953525168\n',
  queue: { logical_block_size: '512\n' },
  device: { vendor: 'ATA     \n', model: 'Samsung SSD 860 \n', wwid: 'naa.5002538e40a3b2c1\n' },
  slaves: {},
  sda1: { dev: '8:1\n', size: '1048576\n', partition: '1\n' },
};
const virtual = {
  'dm-0': { dev: '253:0\n', size: '2048\n', slaves: { sda1: {} } },
  md0: { dev: '9:0\n', size: 'many\n', slaves: { sda: {}, sdb: {} } },
  'cciss!c0d0': { size: '8\n', device: { serial: 'S1\n', wwid: 'w\n' } },
  nvme0n1: { size: '8\n', device: { serial: 'S2\n', model: 'SSD 970\n', device: { vendor: '0x144d\n' } } },
};
const host = {
  sys: {
    class: {
      block: {
        sda: link('../../devices/sda'),
        sda1: link('../../devices/sda/sda1'),
        'dm-0': link('../../devices/virtual/dm-0'),
        md0: link('../../devices/virtual/md0'),
        'cciss!c0d0': link('../../devices/virtual/cciss!c0d0'),
        nvme0n1: link('../../devices/virtual/nvme0n1'),
      },
    },
    devices: { sda, virtual },
  },
  run: {
    udev: {
      data: {
        'b8:1':
          'S:disk/by-label/my\\x20disk\nE:ID_FS_TYPE=ext4\nE:ID_FS_UUID=1234-ABCD\n' +
          'E:ID_FS_LABEL=my_disk\nE:ID_FS_LABEL_ENC=my\\x20d\\xc3\\xafsk\nG:systemd\n',
        'b253:0': 'E:ID_FS_TYPE=LVM2_member\nE:ID_FS_LABEL=plain\n',
      },
    },
  },
};

t.test('a disk, a partition, a mapped device, an array and a name with a slash', async (t) => {
  const { rows } = scan(blockDevices, { root: tree(t, host) });
  const row = (name: string): unknown => rows.find((candidate) => candidate.name === name);
  t.equal(rows.length, 6);
  t.match(row('/dev/sda'), {
    parent: undefined,
    vendor: 'ATA',
    model: 'Samsung SSD 860',
    serial: 'naa.5002538e40a3b2c1',
    size: 1953525168,
    block_size: 512,
    uuid: undefined,
  });
  t.match(row('/dev/sda1'), {
    parent: '/dev/sda',
    vendor: 'ATA',
    serial: 'naa.5002538e40a3b2c1',
    size: 1048576,
    uuid: '1234-ABCD',
    type: 'ext4',
    label: 'my dïsk',
  });
  t.match(row('/dev/dm-0'), { parent: '/dev/sda1', model: 'Samsung SSD 860', label: 'plain' });
  t.match(row('/dev/md0'), { parent: '/dev/sda', vendor: 'ATA', size: undefined });
  t.match(row('/dev/cciss/c0d0'), { serial: 'w', vendor: undefined, uuid: undefined });
  t.match(row('/dev/nvme0n1'), { parent: undefined, serial: 'S2', model: 'SSD 970', vendor: '0x144d' });
  t.strictSame(scan(blockDevices).rows, []);
});

t.test('only what was asked for is opened', async (t) => {
  const root = tree(t, host);
  const opened = (columns: string[], name: string[]): readonly string[] =>
    scan(blockDevices, { root, columns, equals: { name } }).opened;
  t.strictSame(opened(['name', 'size'], ['/dev/sda1']), ['/sys/class/block', '/sys/class/block/sda1/size']);
  t.strictSame(opened(['name'], ['/dev/sda', '/dev/none']), ['/sys/class/block']);
});

t.test('udev entries that are empty, cut, hostile or large', async (t) => {
  for (const none of ['', 'E:', 'E:x', 'E:=x', 'S:a=b', '\0'.repeat(100_000)])
    t.equal(parseUdevData(none).size, 0, none.slice(0, 9));
  t.strictSame(
    [...parseUdevData('E:A=b=c\nE:A=\nE:B=x\r')],
    [
      ['A', ''],
      ['B', 'x\r'],
    ],
  );
  t.equal(parseUdevData('E:A=b\n'.repeat(200_000)).get('A'), 'b');
  t.equal(decodeUdev('a\\x2fb\\xff\\x2'), 'a/b\ufffd\\x2');
});

const lsblk = spawnSync('lsblk', ['-J', '-b', '-l', '-a', '-o', 'PATH,SIZE,LOG-SEC,TYPE,PKNAME'], {
  encoding: 'utf8',
});
t.test('agrees with lsblk', { skip: lsblk.status !== 0 && 'needs lsblk (util-linux)' }, async (t) => {
  const said: { path: string; size: number | null; 'log-sec': number; type: string }[] = JSON.parse(
    lsblk.stdout,
  ).blockdevices;
  const { rows } = scan(blockDevices, { root: '/' });
  const disks = said.filter(({ type }) => type === 'disk');
  t.ok(disks.length > 0, lsblk.stdout);
  for (const { path, size, 'log-sec': block_size } of disks)
    t.match(
      rows.find(({ name }) => name === path),
      { size: (size ?? 0) / 512, block_size },
      path,
    );
});
