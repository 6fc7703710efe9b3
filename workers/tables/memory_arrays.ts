import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { smbiosOfType } from '../host/smbios.ts';
import type { SmbiosStructure } from '../parsers/smbios.ts';
import {
  memoryArrayLocation,
  memoryArrayUse,
  memoryErrorCorrection,
} from '../parsers/smbios-memory-names.ts';
import { smbiosByte, smbiosDword, smbiosHandle, smbiosQword, smbiosWord } from '../parsers/smbios-numbers.ts';

const memoryArrayType = 16;
/** Error handles that stand for no structure: none is provided, no error was seen. */
const noErrorHandles: readonly (number | undefined)[] = [0xfffe, 0xffff];

export const memoryArrays: Table = defineTable({
  name: 'memory_arrays',
  description: 'Groups of memory slots of this machine. Capacity in GiB.',
  columns: {
    handle: text(),
    location: text(),
    use: text(),
    memory_error_correction: text(),
    max_capacity: integer(),
    memory_error_info_handle: text(),
    number_memory_devices: integer(),
  },
  *generate({ files }) {
    for (const array of smbiosOfType(files, memoryArrayType, 0x0f)) {
      const errorHandle = smbiosWord(array, 0x0b);
      yield {
        handle: smbiosHandle(array.handle),
        location: memoryArrayLocation(smbiosByte(array, 0x04)),
        use: memoryArrayUse(smbiosByte(array, 0x05)),
        memory_error_correction: memoryErrorCorrection(smbiosByte(array, 0x06)),
        max_capacity: capacity_gib(array),
        memory_error_info_handle: noErrorHandles.includes(errorHandle)
          ? undefined
          : smbiosHandle(errorHandle),
        number_memory_devices: smbiosWord(array, 0x0d),
      };
    }
  },
});

/** 32 bits counting KiB; 2 TiB and more stand in 64 bits counting bytes (SMBIOS 2.7). */
const capacity_gib = (array: SmbiosStructure): number | undefined => {
  const capacity_kib = smbiosDword(array, 0x07) ?? 0;
  if (capacity_kib < 0x8000_0000) return Math.floor(capacity_kib / 2 ** 20);
  const capacity_bytes = smbiosQword(array, 0x0f);
  return capacity_bytes === undefined ? undefined : Number(capacity_bytes >> 30n);
};
