import type { ReadRange } from './read-range.ts';

/** A partition, as the table on the disk has it. */
export interface Partition {
  readonly number: number;
  readonly label: string;
  readonly start_bytes: bigint;
  readonly size_bytes: bigint;
}

const sector_bytes = 512;
const record_bytes = 16;
const recordsAt = 446;
/** Kinds of a partition that has further ones in it. */
const extendedKinds = [0x05, 0x0f, 0x85];
const gptKind = 0xee;
const mostLogical = 128;
const mostGpt_bytes = 2 ** 20;

const kinds: Readonly<Record<number, string>> = {
  1: 'FAT12',
  4: 'FAT16',
  5: 'Extended',
  6: 'FAT16',
  7: 'NTFS / exFAT',
  11: 'FAT32',
  12: 'FAT32 LBA',
  14: 'FAT16 LBA',
  15: 'Extended LBA',
  130: 'Linux Swap',
  131: 'Linux',
  133: 'Linux Extended',
  142: 'Linux LVM',
  238: 'GPT Safety',
  239: 'EFI System',
  253: 'Linux RAID',
};

interface MbrRecord {
  readonly kind: number;
  readonly start: number;
  readonly sectors: number;
}

/**
 * Partitions of a disk or of an image of one: those of a GUID partition table (UEFI, section 5.3), else of a master boot
 * record with its logical partitions. Sectors of 512 bytes, for a GUID table of 4096 too. None where there is no table.
 */
export const readPartitions = (read: ReadRange): Partition[] => {
  const records = mbrRecords(read(0, sector_bytes));
  if (records === undefined) return [];
  const guid = records.some(({ kind }) => kind === gptKind)
    ? [sector_bytes, 4096].map((size) => gptPartitions(read, size)).find((found) => found !== undefined)
    : undefined;
  return guid ?? mbrPartitions(read, records);
};

/** The four records of a boot sector. */
const mbrRecords = (sector: Uint8Array | undefined): MbrRecord[] | undefined => {
  if (sector?.length !== sector_bytes || sector[510] !== 0x55 || sector[511] !== 0xaa) return undefined;
  const view = new DataView(sector.buffer, sector.byteOffset, sector_bytes);
  return [0, 1, 2, 3].map((index) => {
    const at = recordsAt + index * record_bytes;
    return {
      kind: view.getUint8(at + 4),
      start: view.getUint32(at + 8, true),
      sectors: view.getUint32(at + 12, true),
    };
  });
};

const mbrPartitions = (read: ReadRange, records: readonly MbrRecord[]): Partition[] => {
  const primary = records.flatMap((record, index) =>
    record.kind === 0 || record.sectors === 0 ? [] : [partitionOf(index + 1, record, record.start)],
  );
  const extended = records.find(({ kind }) => extendedKinds.includes(kind));
  return extended === undefined ? primary : [...primary, ...logicalPartitions(read, extended.start)];
};

/** A chain of boot sectors, each with a partition and the place of the next one, counted from the first. */
const logicalPartitions = (read: ReadRange, first: number): Partition[] => {
  const found: Partition[] = [];
  const seen = new Set<number>();
  for (let at = first; !seen.has(at) && found.length < mostLogical; ) {
    seen.add(at);
    const [own, next] = mbrRecords(read(at * sector_bytes, sector_bytes)) ?? [];
    if (own === undefined || own.kind === 0) break;
    found.push(partitionOf(5 + found.length, own, at + own.start));
    if (next === undefined || !extendedKinds.includes(next.kind)) break;
    at = first + next.start;
  }
  return found;
};

const partitionOf = (number: number, { kind, sectors }: MbrRecord, start: number): Partition => ({
  number,
  label: nameOfKind(kind),
  start_bytes: BigInt(start) * BigInt(sector_bytes),
  size_bytes: BigInt(sectors) * BigInt(sector_bytes),
});

/** What the Sleuth Kit calls a partition of a master boot record by the byte that says its kind. */
export const nameOfKind = (kind: number): string =>
  `${kinds[kind] ?? 'Unknown Type'} (0x${kind.toString(16).padStart(2, '0')})`;

const gptPartitions = (read: ReadRange, size: number): Partition[] | undefined => {
  const header = read(size, 92);
  if (header?.length !== 92 || Buffer.from(header.subarray(0, 8)).toString('latin1') !== 'EFI PART')
    return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const [count, entry_bytes] = [view.getUint32(80, true), view.getUint32(84, true)];
  const offset = view.getBigUint64(72, true) * BigInt(size);
  if (entry_bytes < 128 || count * entry_bytes > mostGpt_bytes || offset > BigInt(Number.MAX_SAFE_INTEGER))
    return [];
  const table = read(Number(offset), count * entry_bytes) ?? new Uint8Array();
  const whole = Math.floor(table.length / entry_bytes);
  return Array.from({ length: whole }, (_, index) =>
    gptPartition(index + 1, table.subarray(index * entry_bytes, (index + 1) * entry_bytes), BigInt(size)),
  ).filter((partition) => partition !== undefined);
};

/** Undefined for a place that is not used: its kind is all zeros. */
const gptPartition = (number: number, entry: Uint8Array, size: bigint): Partition | undefined => {
  if (entry.subarray(0, 16).every((byte) => byte === 0)) return undefined;
  const view = new DataView(entry.buffer, entry.byteOffset, entry.length);
  const [first, last] = [view.getBigUint64(32, true), view.getBigUint64(40, true)];
  if (last < first) return undefined;
  const name = Buffer.from(entry.subarray(56, 128)).toString('utf16le').split('\0', 1)[0] ?? '';
  return { number, label: name, start_bytes: first * size, size_bytes: (last - first + 1n) * size };
};
