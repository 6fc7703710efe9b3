import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { smbiosOfType } from '../host/smbios.ts';
import { mappedRange } from '../parsers/smbios-mapped-range.ts';
import { smbiosByte, smbiosHandle, smbiosWord } from '../parsers/smbios-numbers.ts';

const mappedAddressType = 19;

export const memoryArrayMappedAddresses: Table = defineTable({
  name: 'memory_array_mapped_addresses',
  description: 'Physical addresses at which memory arrays stand. Up to 4 TiB in KiB, beyond in bytes.',
  columns: {
    handle: text(),
    memory_array_handle: text(),
    starting_address: text(),
    ending_address: text(),
    partition_width: integer(),
  },
  *generate({ files }) {
    for (const structure of smbiosOfType(files, mappedAddressType, 0x0f)) {
      yield {
        handle: smbiosHandle(structure.handle),
        memory_array_handle: smbiosHandle(smbiosWord(structure, 0x0c)),
        ...mappedRange(structure, 0x0f),
        partition_width: smbiosByte(structure, 0x0e),
      };
    }
  },
});
