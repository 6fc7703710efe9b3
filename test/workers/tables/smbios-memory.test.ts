import t from 'tap';
import { memoryArrayMappedAddresses } from '../../../workers/tables/memory_array_mapped_addresses.ts';
import { memoryArrays } from '../../../workers/tables/memory_arrays.ts';
import { memoryDeviceMappedAddresses } from '../../../workers/tables/memory_device_mapped_addresses.ts';
import { memoryDevices } from '../../../workers/tables/memory_devices.ts';
import { memoryErrorInfo } from '../../../workers/tables/memory_error_info.ts';
import { end, scanDmi, structure } from './smbios-structure.ts';

t.test('mapped addresses of 32 and of 64 bits', async (t) => {
  const array = (start: number, length_bytes: number): Buffer =>
    structure(19, 0x13, length_bytes, [
      [0x04, 4, start],
      [0x08, 4, 0x7fffff],
      [0x0c, 2, 0x10],
      [0x0e, 1, 2],
      ...(length_bytes === 0x1f
        ? ([
            [0x0f, 8, 0x400_0000_0000n],
            [0x17, 8, 0xfff_ffff_ffffn],
          ] as const)
        : []),
    ]);
  t.strictSame(
    scanDmi(
      t,
      memoryArrayMappedAddresses,
      array(0, 0x0f),
      array(0xffff_ffff, 0x1f),
      structure(19, 0x13, 0x0e, []),
    ).rows,
    [
      {
        handle: '0x0013',
        memory_array_handle: '0x0010',
        starting_address: '0x00000000',
        ending_address: '0x007fffff',
        partition_width: 2,
      },
      {
        handle: '0x0013',
        memory_array_handle: '0x0010',
        starting_address: '0x040000000000',
        ending_address: '0x0fffffffffff',
        partition_width: 2,
      },
    ],
    'and none of a structure that is cut short',
  );
  const device = structure(20, 0x14, 0x13, [
    [0x04, 4, 0x100],
    [0x08, 4, 0x1ff],
    [0x0c, 2, 0x11],
    [0x0e, 2, 0x13],
    [0x10, 1, 1],
    [0x11, 1, 2],
    [0x12, 1, 3],
  ]);
  t.strictSame(scanDmi(t, memoryDeviceMappedAddresses, device).rows, [
    {
      handle: '0x0014',
      memory_device_handle: '0x0011',
      memory_array_mapped_address_handle: '0x0013',
      starting_address: '0x00000100',
      ending_address: '0x000001ff',
      partition_row_position: 1,
      interleave_position: 2,
      interleave_data_depth: 3,
    },
  ]);
});

t.test('memory_arrays', async (t) => {
  const array = (
    location: number,
    capacity_kib: number,
    errorHandle: number,
    length_bytes = 0x17,
    correction = 6,
  ): Buffer =>
    structure(16, 0x10, length_bytes, [
      [0x04, 1, location],
      [0x05, 1, 3],
      [0x06, 1, correction],
      [0x07, 4, capacity_kib],
      [0x0b, 2, errorHandle],
      [0x0d, 2, 24],
      ...(length_bytes >= 0x17 ? ([[0x0f, 8, 3n << 40n]] as const) : []),
    ]);
  t.strictSame(scanDmi(t, memoryArrays, array(3, 64 << 20, 0x12)).rows, [
    {
      handle: '0x0010',
      location: 'System board or motherboard',
      use: 'System memory',
      memory_error_correction: 'Multi-bit ECC',
      max_capacity: 64,
      memory_error_info_handle: '0x0012',
      number_memory_devices: 24,
    },
  ]);
  t.match(
    scanDmi(
      t,
      memoryArrays,
      array(0xa4, 0x8000_0000, 0xfffe),
      array(0x0a, 0x8000_0000, 0xffff, 0x0f),
      array(0, 0, 0),
    ).rows,
    [
      { location: 'CXL add-on card', max_capacity: 3072, memory_error_info_handle: undefined },
      { location: 'NuBus', max_capacity: undefined, memory_error_info_handle: undefined },
      { location: undefined, max_capacity: 0, memory_error_info_handle: '0x0000' },
    ],
  );
  t.match(scanDmi(t, memoryArrays, array(3, 0, 0, 0x17, 3)).rows, [{ memory_error_correction: 'none' }]);
  t.strictSame(scanDmi(t, memoryArrays, structure(16, 1, 0x0e, [])).rows, []);
});

t.test('memory_error_info', async (t) => {
  const error = (type: number, syndrome: number, address: number): Buffer =>
    structure(18, 0x12, 0x17, [
      [0x04, 1, type],
      [0x05, 1, 3],
      [0x06, 1, 5],
      [0x07, 4, syndrome],
      [0x0b, 4, address],
      [0x0f, 4, address],
      [0x13, 4, address],
    ]);
  t.strictSame(scanDmi(t, memoryErrorInfo, error(14, 0xab, 0x1000), error(0xee, 0, 0x8000_0000)).rows, [
    {
      handle: '0x0012',
      error_type: 'Uncorrectable error',
      error_granularity: 'Device level',
      error_operation: 'Partial write',
      vendor_syndrome: '0x000000ab',
      memory_array_error_address: '0x00001000',
      device_error_address: '0x00001000',
      error_resolution: '0x00001000',
    },
    {
      handle: '0x0012',
      error_type: undefined,
      error_granularity: 'Device level',
      error_operation: 'Partial write',
      vendor_syndrome: undefined,
      memory_array_error_address: undefined,
      device_error_address: undefined,
      error_resolution: undefined,
    },
  ]);
});

t.test('memory_devices', async (t) => {
  const device = (size: number, extended: number, length_bytes = 0x28): Buffer =>
    structure(
      17,
      0x11,
      length_bytes,
      [
        [0x04, 2, 0x10],
        [0x08, 2, 72],
        [0x0a, 2, 64],
        [0x0c, 2, size],
        [0x0e, 1, 9],
        [0x0f, 1, 0xff],
        [0x10, 1, 1],
        [0x12, 1, 0x22],
        [0x13, 2, 0x2080],
        ...(length_bytes >= 0x28
          ? ([
              [0x15, 2, 4800],
              [0x17, 1, 2],
              [0x1c, 4, extended],
              [0x20, 2, 0],
              [0x26, 2, 1100],
            ] as const)
          : []),
      ],
      ['DIMM A1 ', 'Samsung'],
    );
  t.strictSame(scanDmi(t, memoryDevices, device(16384, 0), end).rows, [
    {
      handle: '0x0011',
      array_handle: '0x0010',
      form_factor: 'DIMM',
      total_width: 72,
      data_width: 64,
      size: 16384,
      set: undefined,
      device_locator: 'DIMM A1',
      bank_locator: '',
      memory_type: 'DDR5',
      memory_type_details: 'Synchronous Registered (Buffered)',
      max_speed: 4800,
      configured_clock_speed: undefined,
      manufacturer: 'Samsung',
      serial_number: '',
      asset_tag: '',
      part_number: '',
      min_voltage: undefined,
      max_voltage: undefined,
      configured_voltage: 1100,
    },
  ]);
  const sizes = [device(0x7fff, 65_536), device(0xffff, 0), device(0x8200, 0), device(0, 0, 0x15)];
  t.strictSame(
    scanDmi(t, memoryDevices, ...sizes).rows.map(({ size }) => size),
    [65_536, undefined, 0, 0],
  );
  t.strictSame(scanDmi(t, memoryDevices, structure(17, 0, 0x14, [])).rows, []);
});
