/** One structure of the SMBIOS table. */
export interface SmbiosStructure {
  readonly type: number;
  readonly handle: number;
  /** The formatted area, header included. */
  readonly formatted: Uint8Array;
  /** The whole structure: formatted area, strings and the NULs that end it. */
  readonly bytes: Uint8Array;
  /** The string set; a structure refers to it by number, counted from 1. */
  readonly strings: readonly string[];
}

const header_bytes = 4;
const endOfTable = 127;

/**
 * Reads the SMBIOS structure table as /sys/firmware/dmi/tables/DMI holds it (DMTF DSP0134, section 6.1): header
 * `type, length, handle`, the formatted area, then strings that each end with NUL, then one more NUL. Stops at the
 * end-of-table structure, and quietly at the first one that is damaged: what came before it is still true.
 */
export const parseSmbios = (table: Uint8Array): SmbiosStructure[] => {
  const structures: SmbiosStructure[] = [];
  let at = 0;
  while (at + header_bytes <= table.length) {
    const [type = endOfTable, length = 0, handleLow = 0, handleHigh = 0] = table.subarray(
      at,
      at + header_bytes,
    );
    const stringsAt = at + length;
    if (length < header_bytes || stringsAt > table.length) break;
    const end = stringsEnd(table, stringsAt);
    structures.push({
      type,
      handle: handleLow | (handleHigh << 8),
      formatted: table.subarray(at, stringsAt),
      bytes: table.subarray(at, end + 2),
      strings: textOf(table.subarray(stringsAt, end)),
    });
    if (type === endOfTable) break;
    at = end + 2;
  }
  return structures;
};

/** Index of the first of the two NULs that end the string set; the table's end when they are missing. */
const stringsEnd = (table: Uint8Array, from: number): number => {
  for (let at = from; at + 1 < table.length; at += 1) {
    if (table[at] === 0 && table[at + 1] === 0) return at;
  }
  return table.length;
};

const textOf = (set: Uint8Array): string[] =>
  set.length === 0 ? [] : Buffer.from(set.buffer, set.byteOffset, set.length).toString('latin1').split('\0');

/** The string that the byte at `offset` of the formatted area names; '' when there is none. */
export const smbiosString = (structure: SmbiosStructure, offset: number): string => {
  const number = structure.formatted[offset] ?? 0;
  return number === 0 ? '' : (structure.strings[number - 1] ?? '');
};
