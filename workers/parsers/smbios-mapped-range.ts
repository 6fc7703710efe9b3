import type { SmbiosStructure } from './smbios.ts';
import { smbiosDword, smbiosHex, smbiosQword } from './smbios-numbers.ts';

const seeExtended = 0xffff_ffff;

/** Both ends of a range, hexadecimal. */
interface MappedRange {
  readonly starting_address: string | undefined;
  readonly ending_address: string | undefined;
}

/**
 * The range of a mapped address (DSP0134, 7.20 and 7.21): 32 bits counting KiB, or from SMBIOS 2.7 on, where those do
 * not reach, 64 bits counting bytes at `extendedOffset`.
 */
export const mappedRange = (structure: SmbiosStructure, extendedOffset: number): MappedRange => {
  const start = smbiosDword(structure, 0x04);
  return start === seeExtended
    ? {
        starting_address: smbiosHex(smbiosQword(structure, extendedOffset), 12),
        ending_address: smbiosHex(smbiosQword(structure, extendedOffset + 8), 12),
      }
    : {
        starting_address: smbiosHex(start, 8),
        ending_address: smbiosHex(smbiosDword(structure, 0x08), 8),
      };
};
