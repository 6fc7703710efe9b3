import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { RowOf, Table } from '../../../protocol/table.ts';
import { memoryArrays } from '../../../workers/tables/memory_arrays.ts';
import { memoryDevices } from '../../../workers/tables/memory_devices.ts';
import { oemStrings } from '../../../workers/tables/oem_strings.ts';
import { smbiosTables } from '../../../workers/tables/smbios_tables.ts';
import { scan, tree } from './run-table.ts';
import { structure } from './smbios-structure.ts';

const array = structure(16, 0x1000, 0x17, [
  [0x04, 1, 3],
  [0x05, 1, 3],
  [0x06, 1, 3],
  [0x07, 4, 0x8000_0000],
  [0x0b, 2, 0xfffe],
  [0x0d, 2, 2],
  [0x0f, 8, 3n << 40n],
]);

const device = (handle: number, size: number, extended_mib: number, type: number): Buffer =>
  structure(
    17,
    handle,
    0x28,
    [
      [0x04, 2, 0x1000],
      [0x06, 2, 0xfffe],
      [0x08, 2, 72],
      [0x0a, 2, 64],
      [0x0c, 2, size],
      [0x0e, 1, 9],
      [0x0f, 1, 1],
      [0x10, 1, 1],
      [0x11, 1, 2],
      [0x12, 1, type],
      [0x13, 2, 0x2080],
      [0x15, 2, 3200],
      [0x17, 1, 3],
      [0x18, 1, 4],
      [0x19, 1, 5],
      [0x1a, 1, 6],
      [0x1c, 4, extended_mib],
      [0x20, 2, 2933],
      [0x22, 2, 1100],
      [0x24, 2, 1300],
      [0x26, 2, 1200],
    ],
    ['DIMM_A1', 'NODE 1', 'Maker', '0123ABCD', 'Asset 7', 'M393A2K43DB3-CWE'],
  );

const table = Buffer.concat([
  structure(11, 0x0b00, 5, [[4, 1, 2]], ['Dell System', '5[0000]']),
  array,
  device(0x1100, 0x4000, 0, 0x1a),
  device(0x1101, 0x7fff, 64 * 1024, 0x22),
  structure(127, 0xff00, 4, []),
]);

/** A dump that dmidecode(8) reads: the entry point of SMBIOS 3.3 (DSP0134, 5.2.2), and at 32 the table. */
const dump = (): Buffer => {
  const entry = Buffer.alloc(32);
  entry.write('_SM3_', 'latin1');
  entry.set([0, 0x18, 3, 3, 0, 1, 0], 5);
  entry.writeUInt32LE(table.length, 0x0c);
  entry.writeBigUInt64LE(32n, 0x10);
  entry[5] = -entry.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return Buffer.concat([entry, table]);
};

/** What dmidecode says of each structure: its handle and type, and the fields below its title. */
const structuresOf = (text: string): ReadonlyMap<string, string>[] =>
  [...text.matchAll(/^Handle 0x([0-9A-F]{4}), DMI type (\d+), (\d+) bytes\n(.*)\n((?:\t.*\n)*)/gm)].map(
    ([, handle = '', type = '', header_bytes = '', title = '', lines = '']) =>
      new Map([
        ['handle', `0x${handle.toLowerCase()}`],
        ['type', type],
        ['header_bytes', header_bytes],
        ['title', title],
        ...lines.split('\n').flatMap((line) => {
          const [, name, value] = /^\t([^:]+): (.*)$/.exec(line) ?? [];
          return name === undefined || value === undefined ? [] : [[name, value] as const];
        }),
      ]),
  );

/** A row as dmidecode words it. */
type Worded = (row: RowOf<Table['columns']>) => Readonly<Record<string, unknown>>;

const ofDevice: Worded = (row) => ({
  handle: row.handle,
  'Array Handle': String(row.array_handle).replace(/[a-f]/g, (digit) => digit.toUpperCase()),
  'Total Width': `${row.total_width} bits`,
  'Data Width': `${row.data_width} bits`,
  Size: `${Number(row.size) / 1024} GB`,
  'Form Factor': row.form_factor,
  Set: String(row.set),
  Locator: row.device_locator,
  'Bank Locator': row.bank_locator,
  Type: row.memory_type,
  'Type Detail': row.memory_type_details,
  Speed: `${row.max_speed} MT/s`,
  'Configured Memory Speed': `${row.configured_clock_speed} MT/s`,
  Manufacturer: row.manufacturer,
  'Serial Number': row.serial_number,
  'Asset Tag': row.asset_tag,
  'Part Number': row.part_number,
  'Minimum Voltage': `${Number(row.min_voltage) / 1000} V`,
  'Maximum Voltage': `${Number(row.max_voltage) / 1000} V`,
  'Configured Voltage': `${Number(row.configured_voltage) / 1000} V`,
});

const ofArray: Worded = (row) => ({
  handle: row.handle,
  Location: String(row.location).replace('motherboard', 'Motherboard').replace('board or', 'Board Or'),
  Use: String(row.use).replace('memory', 'Memory'),
  'Error Correction Type': String(row.memory_error_correction).replace('none', 'None'),
  'Maximum Capacity': `${Number(row.max_capacity) / 1024} TB`,
  'Number Of Devices': String(row.number_memory_devices),
});

const ofStructure: Worded = (row) => ({
  handle: `0x${Number(row.handle).toString(16).padStart(4, '0')}`,
  type: String(row.type),
  header_bytes: String(row.header_size),
});

const hasNone = spawnSync('dmidecode', ['--version']).status !== 0 && 'needs dmidecode';

t.test('a dump agrees with dmidecode', { skip: hasNone }, async (t) => {
  const file = join(t.testdir({}), 'dump');
  writeFileSync(file, dump());
  const told = structuresOf(spawnSync('dmidecode', ['--from-dump', file], { encoding: 'utf8' }).stdout);
  const root = tree(t, { sys: { firmware: { dmi: { tables: { DMI: table } } } } });
  const agree = (from: Table, worded: Worded, type?: string): void => {
    const expected = told.filter((each) => type === undefined || each.get('type') === type);
    const rows = scan(from, { root }).rows.map(worded);
    const shown = expected.map((each) => Object.keys(rows[0] ?? {}).map((name) => [name, each.get(name)]));
    t.ok(rows.length > 0, from.name);
    t.strictSame(rows.map(Object.entries), shown, from.name);
  };
  agree(smbiosTables, ofStructure);
  agree(memoryDevices, ofDevice, '17');
  agree(memoryArrays, ofArray, '16');
  const strings = scan(oemStrings, { root }).rows.map(({ number, value }) => [`String ${number}`, value]);
  const oem = told.find((each) => each.get('type') === '11');
  t.strictSame(
    strings,
    [...(oem ?? [])].filter(([name]) => name.startsWith('String')),
    'oem_strings',
  );
});
