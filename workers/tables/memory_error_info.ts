import { defineTable, type Table, text } from '../../protocol/table.ts';
import { smbiosOfType } from '../host/smbios.ts';
import type { SmbiosStructure } from '../parsers/smbios.ts';
import {
  memoryErrorGranularity,
  memoryErrorOperation,
  memoryErrorType,
} from '../parsers/smbios-memory-names.ts';
import { smbiosByte, smbiosDword, smbiosHandle, smbiosHex } from '../parsers/smbios-numbers.ts';

const errorInformationType = 18;
const unknownAddress = 0x8000_0000;

export const memoryErrorInfo: Table = defineTable({
  name: 'memory_error_info',
  description: 'Memory errors that the firmware recorded.',
  columns: {
    handle: text(),
    error_type: text(),
    error_granularity: text(),
    error_operation: text(),
    vendor_syndrome: text(),
    memory_array_error_address: text(),
    device_error_address: text(),
    error_resolution: text(),
  },
  *generate({ files }) {
    for (const error of smbiosOfType(files, errorInformationType, 0x17)) {
      yield {
        handle: smbiosHandle(error.handle),
        error_type: memoryErrorType(smbiosByte(error, 0x04)),
        error_granularity: memoryErrorGranularity(smbiosByte(error, 0x05)),
        error_operation: memoryErrorOperation(smbiosByte(error, 0x06)),
        vendor_syndrome: known(error, 0x07, 0),
        memory_array_error_address: known(error, 0x0b, unknownAddress),
        device_error_address: known(error, 0x0f, unknownAddress),
        error_resolution: known(error, 0x13, unknownAddress),
      };
    }
  },
});

/** The number at an offset, unless it is the one that stands for unknown. */
const known = (error: SmbiosStructure, offset: number, unknown: number): string | undefined => {
  const value = smbiosDword(error, offset);
  return value === unknown ? undefined : smbiosHex(value, 8);
};
