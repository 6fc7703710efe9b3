import t from 'tap';
import { parseMdstat } from '../../../workers/parsers/mdstat.ts';
import { mdDevices } from '../../../workers/tables/md_devices.ts';
import { mdDrives } from '../../../workers/tables/md_drives.ts';
import { scan, tree } from './run-table.ts';

const mdstat = [
  'Personalities : [raid1] [raid6] [raid5] [raid4] [raid0]',
  'md0 : active raid1 sdb1[1] sda1[0]',
  '      136448 blocks super 1.2 [2/2] [UU]',
  '      bitmap: 0/10 pages [0KB], 16384KB chunk, file: /var/bitmap',
  '',
  'md1 : active (auto-read-only) raid5 sdd1[3] sdc1[2](F) sdb2[1] sda2[0]',
  '      272896 blocks level 5, 64k chunk, algorithm 2 [3/2] [UU_]',
  '      [=>...................]  recovery =  6.0% (8239/136448) finish=1.2min speed=1000K/sec',
  '      bitmap: 1/1 pages [4KB], 65536KB chunk',
  '',
  'md2 : active raid0 sdf1[1] sde1[0]',
  '      1953260544 blocks super 1.2 512k chunks',
  '      ',
  'md3 : inactive sdg1[0](S)',
  '      976630488 blocks super 1.2',
  '        resync=DELAYED',
  'unused devices: sdz1',
].join('\n');

const member = (slot: string, state: string): object => ({ slot: `${slot}\n`, state: `${state}\n` });
const md = (
  level: string,
  places: string,
  members: Record<string, object>,
  more: Record<string, string> = {},
): object => ({
  md: {
    level: `${level}\n`,
    raid_disks: `${places}\n`,
    chunk_size: '65536\n',
    metadata_version: '1.2\n',
    array_state: 'clean\n',
    ...members,
    ...more,
  },
});
const host = {
  proc: { mdstat },
  sys: {
    block: {
      md0: md('raid1', '2', {
        'dev-sda1': member('0', 'in_sync'),
        'dev-sdb1': member('1', 'in_sync,write_mostly'),
      }),
      md1: md(
        'raid5',
        '3 (4)',
        {
          'dev-sda2': member('0', 'in_sync'),
          'dev-sdb2': member('1', 'in_sync'),
          'dev-sdc1': member('none', 'faulty'),
          'dev-sdd1': member('none', 'spare'),
        },
        { array_state: 'active\n', chunk_size: '131072 (65536)\n' },
      ),
      md2: md('raid0', '2', { 'dev-sde1': member('0', 'in_sync') }),
    },
  },
};

t.test('md_devices', async (t) => {
  const root = tree(t, host);
  const { rows } = scan(mdDevices, { root });
  t.match(rows, [
    {
      device_name: 'md0',
      status: 'active',
      raid_level: 1,
      size: 136_448,
      chunk_size: 65_536,
      raid_disks: 2,
      nr_raid_disks: 2,
      working_disks: 2,
      active_disks: 2,
      failed_disks: 0,
      spare_disks: 0,
      superblock_state: 'clean',
      superblock_version: '1.2',
      bitmap_on_mem: '0/10 pages [0KB]',
      bitmap_chunk_size: '16384KB chunk',
      bitmap_external_file: '/var/bitmap',
      recovery_progress: undefined,
      unused_devices: 'sdz1',
      other: 'super 1.2',
    },
    {
      device_name: 'md1',
      raid_level: 5,
      chunk_size: 65_536,
      raid_disks: 3,
      nr_raid_disks: 4,
      working_disks: 3,
      active_disks: 2,
      failed_disks: 1,
      spare_disks: 1,
      superblock_state: 'bitmap_present',
      bitmap_on_mem: '1/1 pages [4KB]',
      bitmap_external_file: '',
      recovery_progress: '6.0% (8239/136448)',
      recovery_finish: '1.2min',
      recovery_speed: '1000K/sec',
      other: 'level 5, 64k chunk, algorithm 2',
    },
    { device_name: 'md2', raid_level: 0, other: 'super 1.2 512k chunks', nr_raid_disks: 1 },
    {
      device_name: 'md3',
      status: 'inactive',
      raid_level: undefined,
      size: 976_630_488,
      nr_raid_disks: 1,
      resync_progress: 'DELAYED',
      resync_finish: '',
    },
  ]);
  t.strictSame(scan(mdDevices).rows, []);
});

t.test('md_drives', async (t) => {
  const root = tree(t, host);
  t.strictSame(scan(mdDrives, { root }).rows.map(Object.values), [
    ['md0', '/dev/sda1', 0, 'active sync'],
    ['md0', '/dev/sdb1', 1, 'active sync writemostly'],
    ['md1', '/dev/sda2', 0, 'active sync'],
    ['md1', '/dev/sdb2', 1, 'active sync'],
    ['md1', '/dev/sdc1', 2, 'faulty'],
    ['md1', '/dev/sdd1', undefined, 'recovering'],
    ['md2', '/dev/sde1', 0, 'active sync'],
    ['md2', 'unknown', 1, 'removed'],
  ]);
  t.strictSame(scan(mdDrives).rows, []);
});

t.test('mdstat that is empty, torn, of CRLF, no text, huge', async (t) => {
  for (const none of ['', 'Personalities : ', ' 1 blocks', 'md0', 'md0 :', '\0\ufffd', ' '.repeat(1e6)])
    t.strictSame(parseMdstat(none).arrays, [], none.slice(0, 20));
  t.match(parseMdstat('md0 : active raid1 a[0] b[x] [1]\r\n  12 blocks\r\n  resync=PENDING\r\n').arrays, [
    {
      level: 'raid1',
      drives: [{ name: 'a', number: 0 }],
      size_kib: 12,
      actions: { resync: { progress: 'PENDING' } },
    },
  ]);
  t.equal(parseMdstat(`md0 : active raid1\n recovery = ${' '.repeat(1e6)}x\n`.repeat(3)).arrays.length, 3);
  t.equal(parseMdstat(`md0 : active ${'a[1] '.repeat(200_000)}\n`).arrays[0]?.drives.length, 200_000);
});
