import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readPartitions } from '../../../workers/parsers/partition-table.ts';
import { devicePartitions } from '../../../workers/tables/device_partitions.ts';
import { diskEncryption } from '../../../workers/tables/disk_encryption.ts';
import { askHost, scratch } from './ask-host.ts';
import { scan } from './run-table.ts';

const write = (root: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), content);
  }
};

t.test('disk_encryption: mappings, and what stands on them', async (t) => {
  const root = scratch(t);
  const block = 'sys/class/block';
  const disks = 'sys/devices/pci/block';
  write(root, {
    [`${disks}/sda/dev`]: '8:0\n',
    [`${disks}/sda/sda1/dev`]: '8:1\n',
    [`${disks}/sda/sda1/partition`]: '1\n',
    [`${disks}/dm-0/dev`]: '253:0\n',
    [`${disks}/dm-0/dm/uuid`]: 'CRYPT-LUKS2-0123456789abcdef-luks\n',
    [`${disks}/dm-1/dm/uuid`]: 'LVM-abc\n',
    [`${disks}/dm-2/dm/uuid`]: 'CRYPT-PLAIN-swap\n',
    [`${disks}/dm-3/dm/uuid`]: 'CRYPT-VERITY-0123-usr\n',
    [`${disks}/dm-4/dm/uuid`]: 'CRYPT-VERITY-4567-usr\n',
    [`${disks}/dm-5/dm/uuid`]: 'LVM-striped\n',
    [`${disks}/dm-6/dm/uuid`]: 'LVM-half\n',
    [`${disks}/dm-7/dm/uuid`]: 'LVM-loop\n',
    'run/udev/data/b253:0': 'E:ID_FS_UUID=11-22\n',
  });
  mkdirSync(join(root, `${disks}/dm-0/slaves/sda1`), { recursive: true });
  const slaves = {
    'dm-1': ['dm-0'],
    'dm-3': ['sda1'],
    'dm-4': ['dm-1'],
    'dm-5': ['dm-2', 'dm-0'],
    'dm-6': ['dm-0', 'sda1'],
    'dm-7': ['dm-7'],
  };
  for (const [name, members] of Object.entries(slaves))
    for (const each of members) mkdirSync(join(root, `${disks}/${name}/slaves/${each}`), { recursive: true });
  mkdirSync(join(root, block), { recursive: true });
  for (const name of ['sda', 'dm-0', 'dm-2', ...Object.keys(slaves)])
    symlinkSync(`../../devices/pci/block/${name}`, join(root, block, name));
  symlinkSync('../../devices/pci/block/sda/sda1', join(root, block, 'sda1'));
  const rows = (equals: Record<string, string[]> = {}): unknown[] =>
    scan(diskEncryption, { root, equals }).rows.map(({ name, encrypted, type, encryption_status, uuid }) => [
      name,
      encrypted,
      type,
      encryption_status,
      uuid,
    ]);
  const volume = ['/dev/dm-1', 1, 'LUKS2', 'encrypted', undefined];
  t.strictSame(rows(), [
    ['/dev/dm-0', 1, 'LUKS2', 'encrypted', '11-22'],
    volume,
    ['/dev/dm-2', 1, 'PLAIN', 'encrypted', undefined],
    ['/dev/dm-3', 0, undefined, 'not encrypted', undefined],
    ['/dev/dm-4', 1, 'LUKS2', 'encrypted', undefined],
    ['/dev/dm-5', 1, 'LUKS2', 'encrypted', undefined],
    ['/dev/dm-6', 0, undefined, 'not encrypted', undefined],
    ['/dev/dm-7', 0, undefined, 'not encrypted', undefined],
    ['/dev/sda', 0, undefined, 'not encrypted', undefined],
    ['/dev/sda1', 0, undefined, 'not encrypted', undefined],
  ]);
  t.strictSame(rows({ name: ['/dev/dm-1', '/dev/none'] }), [volume]);
  t.strictSame(scan(diskEncryption).rows, []);
});

/** A boot sector with these records. */
const bootSector = (
  ...records: readonly (readonly [kind: number, start: number, sectors: number])[]
): Buffer => {
  const sector = Buffer.alloc(512);
  for (const [index, [kind, start, sectors]] of records.entries()) {
    sector.writeUInt8(kind, 446 + index * 16 + 4);
    sector.writeUInt32LE(start, 446 + index * 16 + 8);
    sector.writeUInt32LE(sectors, 446 + index * 16 + 12);
  }
  sector.writeUInt16BE(0x55aa, 510);
  return sector;
};

const at = (places: Readonly<Record<number, Buffer>>): ReturnType<typeof partitions> =>
  partitions(imageOf(places));
const imageOf = (places: Readonly<Record<number, Buffer>>): Buffer => {
  const image = Buffer.alloc(512 * 400);
  for (const [sector, content] of Object.entries(places)) content.copy(image, Number(sector) * 512);
  return image;
};
const partitions = (image: Uint8Array): unknown[] =>
  readPartitions((offset, length) => image.subarray(offset, offset + length)).map(
    ({ number, label, start_bytes, size_bytes }) => [
      number,
      label,
      Number(start_bytes) / 512,
      Number(size_bytes) / 512,
    ],
  );

t.test('boot records with logical partitions, in a chain that may be a loop', async (t) => {
  const disk = bootSector([0x83, 8, 100], [0x05, 200, 150], [0, 0, 0], [0xee + 5, 1, 1]);
  const chain = {
    0: disk,
    200: bootSector([0x82, 2, 10], [0x05, 50, 20]),
    250: bootSector([0x83, 2, 9], [0x05, 0, 20]),
  };
  t.strictSame(at(chain), [
    [1, 'Linux (0x83)', 8, 100],
    [2, 'Extended (0x05)', 200, 150],
    [4, 'Unknown Type (0xf3)', 1, 1],
    [5, 'Linux Swap (0x82)', 202, 10],
    [6, 'Linux (0x83)', 252, 9],
  ]);
});

const gpt = (count: number, size: number): Buffer => {
  const header = Buffer.alloc(512);
  header.write('EFI PART', 0);
  header.writeBigUInt64LE(2n, 72);
  header.writeUInt32LE(count, 80);
  header.writeUInt32LE(size, 84);
  return header;
};

t.test('a GUID table, and one that lies about itself', async (t) => {
  const entry = Buffer.alloc(256);
  entry.fill(7, 128, 160);
  entry.writeBigUInt64LE(34n, 160);
  entry.writeBigUInt64LE(43n, 168);
  entry.write('Größe', 128 + 56, 'utf16le');
  const protective = bootSector([0xee, 1, 0xffff_ffff]);
  t.strictSame(at({ 0: protective, 1: gpt(4, 128), 2: entry }), [[2, 'Größe', 34, 10]]);
  for (const [count, size] of [
    [0xffff_ffff, 128],
    [4, 0],
    [0x1000_0000, 0x1000_0000],
  ] as const)
    t.strictSame(at({ 0: protective, 1: gpt(count, size), 2: entry }), [], `${count} × ${size}`);
  t.strictSame(at({ 0: protective }), [[1, 'GPT Safety (0xee)', 1, 0xffff_ffff]], 'the boot record alone');
  const image = imageOf({ 0: protective, 1: gpt(4, 128), 2: entry });
  for (let length = 0; length < 1600; length += 11)
    t.doesNotThrow(() => partitions(image.subarray(0, length)));
  t.strictSame(partitions(new Uint8Array(0)), []);
});

t.test('an image larger than a file may be that is read whole; a FIFO, a directory', async (t) => {
  const root = scratch(t);
  writeFileSync(join(root, 'image'), bootSector([0x83, 2048, 4096]));
  truncateSync(join(root, 'image'), 2 ** 31);
  spawnSync('mkfifo', [join(root, 'fifo')]);
  t.match(
    scan(devicePartitions, { root, equals: { device: ['/image', '/fifo', '/', 'image', '/none'] } }).rows,
    [
      {
        device: '/image',
        partition: 1,
        label: 'Linux (0x83)',
        offset: 1_048_576n,
        blocks_size: 512,
        blocks: 4096n,
        inodes: -1,
      },
    ],
  );
  t.match(askHost('SELECT * FROM device_partitions').failure?.message, /device/);
});

t.test('a disk is told as the kernel and udev know it', async (t) => {
  const root = scratch(t);
  const disk = 'sys/class/block/sda';
  const partition = (name: string, minor: number, start: number, size: number): Record<string, string> => ({
    [`${disk}/${name}/uevent`]: '',
    [`sys/class/block/${name}/partition`]: `${minor}\n`,
    [`sys/class/block/${name}/start`]: `${start}\n`,
    [`sys/class/block/${name}/size`]: `${size}\n`,
    [`sys/class/block/${name}/dev`]: `8:${minor}\n`,
  });
  write(root, {
    ...partition('sda10', 10, 3000, 5),
    ...partition('sda2', 2, 2000, 9),
    ...partition('sda1', 1, 1, 7),
    [`${disk}/sdaqueue/size`]: '1\n',
    'run/udev/data/b8:1': 'E:ID_PART_ENTRY_SCHEME=dos\nE:ID_PART_ENTRY_TYPE=0x8e\nE:ID_FS_TYPE=LVM2_member\n',
    'run/udev/data/b8:2':
      'E:ID_PART_ENTRY_SCHEME=gpt\nE:ID_PART_ENTRY_TYPE=0fc6\nE:ID_PART_ENTRY_NAME=EFI\\x20System\n',
  });
  mkdirSync(join(root, 'dev'));
  if (spawnSync('mknod', [join(root, 'dev/sda'), 'b', '8', '0']).status !== 0)
    return t.pass('no device can be made here');
  const { rows } = scan(devicePartitions, { root, equals: { device: ['/dev/sda'] } });
  const cells = rows.map((row) =>
    ['partition', 'label', 'type', 'offset', 'blocks'].map((column) => row[column]),
  );
  return t.strictSame(cells, [
    [1, 'Linux LVM (0x8e)', 'LVM2_member', 512n, 7],
    [2, 'EFI System', 'normal', 1_024_000n, 9],
    [10, '', 'normal', 1_536_000n, 5],
  ]);
});

const sfdisk = (image: string, script: string): unknown[] => {
  spawnSync('sfdisk', [image], { input: script });
  const told = JSON.parse(spawnSync('sfdisk', ['--json', image], { encoding: 'utf8' }).stdout);
  return told.partitiontable.partitions.map(({ start, size }: { start: number; size: number }) => [
    start,
    size,
  ]);
};
const noSfdisk = spawnSync('sfdisk', ['--version']).status !== 0 && 'needs sfdisk (fdisk)';
t.test('agrees with sfdisk', { skip: noSfdisk }, async (t) => {
  const image = join(scratch(t), 'image');
  const tables = [
    'label: dos\nsize=4M, type=83\nsize=8M, type=5\nsize=2M, type=82\nsize=1M, type=83\n',
    'label: gpt\nsize=4M, name=first\nsize=2M\n',
  ];
  for (const script of tables) {
    writeFileSync(image, '');
    truncateSync(image, 32 * 2 ** 20);
    const told = sfdisk(image, script);
    const { rows } = askHost(
      `SELECT "offset" / 512 AS start, blocks FROM device_partitions WHERE device = '${image}'`,
    );
    t.strictSame(rows.map(Object.values), told, script);
  }
});
