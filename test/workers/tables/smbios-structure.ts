import type { Test } from 'tap';
import type { Table } from '../../../protocol/table.ts';
import { type Scanned, scan, tree } from './run-table.ts';

/** A structure of SMBIOS, `length_bytes` long, with numbers put at offsets (DSP0134), little-endian. */
export const structure = (
  type: number,
  handle: number,
  length_bytes: number,
  numbers: readonly (readonly [offset: number, size_bytes: number, value: bigint | number])[],
  strings: readonly string[] = [],
): Buffer => {
  const formatted = Buffer.alloc(length_bytes);
  formatted.writeUInt8(type, 0);
  formatted.writeUInt8(length_bytes, 1);
  formatted.writeUInt16LE(handle, 2);
  for (const [offset, size_bytes, value] of numbers) {
    if (size_bytes === 8) formatted.writeBigUInt64LE(BigInt(value), offset);
    else formatted.writeUIntLE(Number(value), offset, size_bytes);
  }
  const texts = strings.length === 0 ? '\0\0' : `${strings.join('\0')}\0\0`;
  return Buffer.concat([formatted, Buffer.from(texts, 'latin1')]);
};

/** The structure that ends a table. */
export const end: Buffer = structure(127, 0xff, 4, []);

/** Scans a table on a host whose firmware has these structures. */
export const scanDmi = (t: Test, table: Table, ...structures: readonly Buffer[]): Scanned =>
  scan(table, {
    root: tree(t, { sys: { firmware: { dmi: { tables: { DMI: Buffer.concat(structures) } } } } }),
  });
