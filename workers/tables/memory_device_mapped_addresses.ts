import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { smbiosOfType } from '../host/smbios.ts';
import { mappedRange } from '../parsers/smbios-mapped-range.ts';
import { smbiosByte, smbiosHandle, smbiosWord } from '../parsers/smbios-numbers.ts';

const mappedAddressType = 20;

export const memoryDeviceMappedAddresses: Table = defineTable({
  name: 'memory_device_mapped_addresses',
  description: 'Physical addresses at which memory devices stand. Up to 4 TiB in KiB, beyond in bytes.',
  columns: {
    handle: text(),
    memory_device_handle: text(),
    memory_array_mapped_address_handle: text(),
    starting_address: text(),
    ending_address: text(),
    partition_row_position: integer(),
    interleave_position: integer(),
    interleave_data_depth: integer(),
  },
  *generate({ files }) {
    for (const structure of smbiosOfType(files, mappedAddressType, 0x13)) {
      yield {
        handle: smbiosHandle(structure.handle),
        memory_device_handle: smbiosHandle(smbiosWord(structure, 0x0c)),
        memory_array_mapped_address_handle: smbiosHandle(smbiosWord(structure, 0x0e)),
        ...mappedRange(structure, 0x13),
        partition_row_position: smbiosByte(structure, 0x10),
        interleave_position: smbiosByte(structure, 0x11),
        interleave_data_depth: smbiosByte(structure, 0x12),
      };
    }
  },
});
