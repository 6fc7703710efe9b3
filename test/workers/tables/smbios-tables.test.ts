import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import t from 'tap';
import { cpuInfo } from '../../../workers/tables/cpu_info.ts';
import { oemStrings } from '../../../workers/tables/oem_strings.ts';
import { platformInfo } from '../../../workers/tables/platform_info.ts';
import { smbiosTables } from '../../../workers/tables/smbios_tables.ts';
import { scan, tree } from './run-table.ts';
import { end, scanDmi, structure } from './smbios-structure.ts';

const socket = (cores: number, characteristics: number, length_bytes = 0x30, type = 3): Buffer =>
  structure(
    4,
    0x1a,
    length_bytes,
    [
      [0x04, 1, 1],
      [0x05, 1, type],
      [0x07, 1, 2],
      [0x10, 1, 3],
      [0x14, 2, 4000],
      [0x16, 2, 2100],
      [0x18, 1, 0x41],
      ...(length_bytes >= 0x28
        ? ([
            [0x23, 1, cores],
            [0x25, 1, 32],
            [0x26, 2, characteristics],
          ] as const)
        : []),
      ...(length_bytes >= 0x30 ? ([[0x2a, 2, 288]] as const) : []),
    ],
    ['CPU1', 'Intel(R) Corporation', 'Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz   '],
  );

t.test('cpu_info', async (t) => {
  t.strictSame(scanDmi(t, cpuInfo, socket(16, 0xfc), end).rows, [
    {
      device_id: 'CPU0',
      socket_designation: 'CPU1',
      manufacturer: 'Intel(R) Corporation',
      model: 'Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz',
      processor_type: '3',
      cpu_status: 0x41,
      number_of_cores: '16',
      logical_processors: 32,
      address_width: '64',
      current_clock_speed: 2100,
      max_clock_speed: 4000,
    },
  ]);
  t.strictSame(
    scanDmi(t, cpuInfo, ...[3, 2, 5, 3, 4, 6].map((type) => socket(1, 0, 0x30, type))).rows.map(
      ({ device_id }) => device_id,
    ),
    ['CPU0', undefined, 'DSP1', 'CPU2', 'MATH3', 'GPU4'],
    'one series of numbers over all that have a name',
  );
  t.match(scanDmi(t, cpuInfo, socket(16, 0xf8)).rows, [{ address_width: '32' }]);
  t.match(scanDmi(t, cpuInfo, socket(255, 0xfc)).rows, [{ number_of_cores: '288' }], 'SMBIOS 3.0');
  t.match(
    scanDmi(t, cpuInfo, socket(255, 0xfc, 0x28)).rows,
    [{ number_of_cores: '255' }],
    'the older form has no more to tell',
  );
  const processors = [0, 0, 1, 1].map(
    (id, at) => `processor: ${at}\nphysical id: ${id}\ncore id: 0\nflags: lm\n`,
  );
  const old = {
    proc: { cpuinfo: processors.join('\n') },
    sys: { firmware: { dmi: { tables: { DMI: socket(0, 0, 0x20) } } } },
  };
  t.match(
    scan(cpuInfo, { root: tree(t, old) }).rows,
    [{ device_id: 'CPU0', number_of_cores: '1', logical_processors: 2, address_width: '64' }],
    'older than SMBIOS 2.5: the kernel tells of the cores',
  );
  t.match(
    scanDmi(t, cpuInfo, socket(0, 0, 0x20)).rows,
    [{ socket_designation: 'CPU1', number_of_cores: '', logical_processors: undefined, address_width: '' }],
    'or nobody does',
  );
  t.strictSame(scanDmi(t, cpuInfo, structure(4, 1, 0x19, [])).rows, [], 'shorter than any version has it');
  t.strictSame(scan(cpuInfo).rows, [], 'no firmware table, or not root');
});

t.test('smbios_tables', async (t) => {
  const oem = structure(11, 0x1234, 5, [[4, 1, 1]], ['one']);
  const vendor = structure(0xdd, 2, 4, []);
  const rows = scanDmi(t, smbiosTables, oem, vendor, end).rows;
  t.strictSame(rows, [
    {
      number: 0,
      type: 11,
      description: 'OEM Strings',
      handle: 0x1234,
      header_size: 5,
      size: 10,
      md5: createHash('md5').update(oem).digest('hex'),
    },
    { ...rows[1], number: 1, type: 0xdd, description: 'Unknown', header_size: 4, size: 6 },
    { ...rows[2], number: 2, type: 127, description: 'End-of-Table' },
  ]);
  const named = (...types: number[]): unknown[] =>
    scanDmi(t, smbiosTables, ...types.map((type) => structure(type, 1, 4, []))).rows.map(
      ({ description }) => description,
    );
  t.strictSame(named(2, 18, 31, 33, 41, 45, 126), [
    'Base Board or Module Information',
    '32-bit Memory Error Information',
    'Boot Integrity Services',
    '64-bit Memory Error Information',
    'Onboard Devices Extended Info',
    'Firmware Inventory Information',
    'Inactive',
  ]);
});

t.test('oem_strings', async (t) => {
  const rows = scanDmi(
    t,
    oemStrings,
    structure(11, 0x2a, 5, [[4, 1, 3]], ['Dell System', '5[0000]  ']),
    structure(1, 1, 5, [[4, 1, 1]], ['not OEM']),
    end,
  ).rows;
  t.strictSame(rows, [
    { handle: '0x002a', number: 1, value: 'Dell System' },
    { handle: '0x002a', number: 2, value: '5[0000]' },
    { handle: '0x002a', number: 3, value: '' },
  ]);
});

t.test('platform_info', async (t) => {
  const firmware = (units: number, extended: number, length_bytes = 0x1a): Buffer =>
    structure(
      0,
      0,
      length_bytes,
      [
        [0x04, 1, 1],
        [0x05, 1, 2],
        [0x06, 2, 0xe800],
        [0x08, 1, 3],
        [0x09, 1, units],
        ...(length_bytes >= 0x1a
          ? ([
              [0x14, 1, 4],
              [0x15, 1, 6],
              [0x18, 2, extended],
            ] as const)
          : []),
      ],
      ['SeaBIOS  ', '1.16.2', '04/01/2014'],
    );
  t.strictSame(scanDmi(t, platformInfo, firmware(15, 0), end).rows, [
    {
      vendor: 'SeaBIOS',
      version: '1.16.2',
      date: '04/01/2014',
      revision: '4.6',
      firmware_type: 'bios',
      address: '0xe800',
      size: String(2 ** 20),
      volume_size: 0,
    },
  ]);
  t.match(
    scanDmi(t, platformInfo, firmware(0xff, 32), firmware(0xff, 0x4001), firmware(0xff, 0, 0x12)).rows,
    [
      { size: String(32 * 2 ** 20) },
      { size: String(2 ** 30) },
      { size: String(16 * 2 ** 20), revision: undefined },
    ],
  );
  const DMI = firmware(0, 0);
  const root = tree(t, { sys: { firmware: { efi: {}, dmi: { tables: { DMI } } } } });
  t.match(scan(platformInfo, { root }).rows, [{ firmware_type: 'uefi' }]);
  t.strictSame(scanDmi(t, platformInfo, structure(0, 0, 0x11, [])).rows, []);
});

t.test('every cut of a firmware table ends quietly', async (t) => {
  const whole = Buffer.concat([socket(16, 4), structure(11, 1, 5, [[4, 1, 255]], ['a']), end]);
  for (let length = 0; length < whole.length; length += 7) {
    const cut = whole.subarray(0, length);
    t.ok(scanDmi(t, smbiosTables, cut).rows.length <= 3);
    t.ok(scanDmi(t, cpuInfo, cut).rows.length <= 1);
  }
});

const dmidecode = spawnSync('dmidecode', ['-t', '4'], { encoding: 'utf8' });
t.test(
  'agrees with dmidecode',
  { skip: dmidecode.status !== 0 && 'needs dmidecode, root and a firmware table' },
  async (t) => {
    const versions = [...dmidecode.stdout.matchAll(/^\tVersion: (.*)$/gm)].map(([, version]) =>
      version?.trim(),
    );
    const models = scan(cpuInfo, { root: '/' }).rows.map(({ model }) => model);
    t.strictSame(
      models,
      versions.map((version) => (version === 'Not Specified' ? '' : version)),
    );
  },
);
