import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type RowOf, type Table, text } from '../../protocol/table.ts';
import { blockClass, udevOfBlock } from '../host/block-devices.ts';
import { readRange } from '../host/read-range.ts';
import { nameOfKind, readPartitions } from '../parsers/partition-table.ts';
import { decodeUdev } from '../parsers/udev-data.ts';

/** The kernel counts in these, whatever the disk's own sectors are. */
const sector_bytes = 512;
/** The Sleuth Kit's flag of a part that a partition has. */
const allocated = 1;

const columns = {
  device: text({ required: true }),
  partition: integer(),
  label: text(),
  type: text(),
  offset: bigint(),
  blocks_size: bigint(),
  blocks: bigint(),
  inodes: bigint(),
  flags: integer(),
} as const;

/**
 * A disk itself is not opened: the kernel has read its table, and udev knows what is on the partitions. Of an image, a
 * regular file, the table is read here. Gaps and the table itself, which the Sleuth Kit counts as parts, are not shown;
 * inodes are not counted.
 */
export const devicePartitions: Table = defineTable({
  name: 'device_partitions',
  description:
    'Partitions of a disk or of an image of one, by their numbers in its table. Inodes are not counted.',
  columns,
  *generate(query) {
    for (const device of query.equals('device') ?? []) {
      if (!device.startsWith('/')) continue;
      const stat = query.files.stat(device);
      if (stat?.kind === 'block') yield* partitionsOfDisk(query.files, device);
      else if (stat?.kind === 'regular') yield* partitionsOfImage(query.files, device);
    }
  },
});

const shared = { blocks_size: sector_bytes, inodes: -1, flags: allocated } as const;

function* partitionsOfDisk(files: HostFiles, device: string): Generator<RowOf<typeof columns>> {
  const disk = (files.realPath(device) ?? device).slice('/dev/'.length).replaceAll('/', '!');
  const parts = (files.list(`${blockClass}/${disk}`) ?? []).filter((entry) => entry.startsWith(disk));
  const numbered = parts.flatMap((entry) => {
    const partition = numberIn(files, entry, 'partition');
    return partition === undefined ? [] : [{ entry, partition }];
  });
  for (const { entry, partition } of numbered.toSorted((a, b) => a.partition - b.partition)) {
    const udev = udevOfBlock(files, entry);
    const start = numberIn(files, entry, 'start');
    yield {
      device,
      partition,
      label: labelOf(udev),
      type: udev?.get('ID_FS_TYPE') ?? 'normal',
      offset: start === undefined ? undefined : BigInt(start) * BigInt(sector_bytes),
      blocks: numberIn(files, entry, 'size'),
      ...shared,
    };
  }
}

/** A GUID table names its partitions, a master boot record their kinds alone. */
const labelOf = (udev: ReadonlyMap<string, string> | undefined): string => {
  const kind = udev?.get('ID_PART_ENTRY_SCHEME') === 'dos' ? udev.get('ID_PART_ENTRY_TYPE') : undefined;
  if (kind !== undefined && /^0x[0-9a-f]{1,2}$/.test(kind)) return nameOfKind(Number(kind));
  return decodeUdev(udev?.get('ID_PART_ENTRY_NAME') ?? '');
};

const numberIn = (files: HostFiles, entry: string, name: string): number | undefined => {
  const content = files.readText(`${blockClass}/${entry}/${name}`)?.trim() ?? '';
  return /^\d{1,15}$/.test(content) ? Number(content) : undefined;
};

function* partitionsOfImage(files: HostFiles, device: string): Generator<RowOf<typeof columns>> {
  for (const { number, label, start_bytes, size_bytes } of readPartitions((offset, length) =>
    readRange(files, device, offset, length),
  )) {
    const blocks = size_bytes / BigInt(sector_bytes);
    yield { device, partition: number, label, type: 'normal', offset: start_bytes, blocks, ...shared };
  }
}
