import type { SmbiosStructure } from './smbios.ts';

/** Unsigned little-endian number in the formatted area; undefined when the structure ends before it (an old version). */
const numberAt = (structure: SmbiosStructure, offset: number, size_bytes: number): bigint | undefined => {
  if (offset + size_bytes > structure.formatted.length) return undefined;
  let value = 0n;
  for (let at = offset + size_bytes - 1; at >= offset; at -= 1)
    value = (value << 8n) | BigInt(structure.formatted[at] ?? 0);
  return value;
};

const small = (value: bigint | undefined): number | undefined =>
  value === undefined ? undefined : Number(value);

/** BYTE of DSP0134 at an offset. */
export const smbiosByte = (structure: SmbiosStructure, offset: number): number | undefined =>
  small(numberAt(structure, offset, 1));

/** WORD of DSP0134, 16 bits. */
export const smbiosWord = (structure: SmbiosStructure, offset: number): number | undefined =>
  small(numberAt(structure, offset, 2));

/** DWORD of DSP0134, 32 bits. */
export const smbiosDword = (structure: SmbiosStructure, offset: number): number | undefined =>
  small(numberAt(structure, offset, 4));

/** QWORD of DSP0134, 64 bits. */
export const smbiosQword = (structure: SmbiosStructure, offset: number): bigint | undefined =>
  numberAt(structure, offset, 8);

/** `0x` and at least `digits` lower-case hexadecimal digits; undefined stays so. */
export const smbiosHex = (value: number | bigint | undefined, digits: number): string | undefined =>
  value === undefined ? undefined : `0x${value.toString(16).padStart(digits, '0')}`;

/** Number by which structures refer to each other, as osquery writes it. */
export const smbiosHandle = (value: number | undefined): string | undefined => smbiosHex(value, 4);
