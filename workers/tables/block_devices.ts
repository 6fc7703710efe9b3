import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { decodeUdev, parseUdevData } from '../parsers/udev-data.ts';

const classDirectory = '/sys/class/block';

export const blockDevices: Table = defineTable({
  name: 'block_devices',
  description: 'Disks, partitions and other block devices. Sizes in units of 512 bytes.',
  columns: {
    name: text({ index: true }),
    parent: text(),
    vendor: text(),
    model: text(),
    serial: text(),
    size: bigint(),
    block_size: integer(),
    uuid: text({ collate: 'NOCASE' }),
    type: text(),
    label: text(),
  },
  *generate(query) {
    const { files } = query;
    const asked = query.equals('name');
    for (const entry of files.list(classDirectory) ?? []) {
      const name = deviceName(entry);
      if (asked?.includes(name) === false) continue;
      const attribute = (column: AttributeColumn, path: string): string | undefined =>
        query.uses(column) ? files.readText(`${classDirectory}/${entry}/${path}`)?.trim() : undefined;
      yield {
        name,
        parent: query.uses('parent') ? parentOf(files, entry) : undefined,
        vendor: attribute('vendor', 'device/vendor'),
        model: attribute('model', 'device/model'),
        serial: attribute('serial', 'device/serial') ?? attribute('serial', 'device/wwid'),
        size: wholeNumber(attribute('size', 'size')),
        block_size: wholeNumber(attribute('block_size', 'queue/logical_block_size')),
        ...(query.uses('uuid', 'type', 'label') ? fileSystemOn(files, entry) : undefined),
      };
    }
  },
});

/** Columns that one file each serves. */
type AttributeColumn = 'vendor' | 'model' | 'serial' | 'size' | 'block_size';

/** sysfs writes the slash of a device's name (`cciss/c0d0`) as `!`. */
const deviceName = (entry: string): string => `/dev/${entry.replaceAll('!', '/')}`;

/** The disk of a partition, else the device that a mapped one stands on when it is one. */
const parentOf = (files: HostFiles, entry: string): string | undefined => {
  if (files.readText(`${classDirectory}/${entry}/partition`) !== undefined) {
    const disk = files.realPath(`${classDirectory}/${entry}`)?.split('/').at(-2);
    return disk === undefined ? undefined : deviceName(disk);
  }
  const [slave, ...others] = files.list(`${classDirectory}/${entry}/slaves`) ?? [];
  return slave === undefined || others.length > 0 ? undefined : deviceName(slave);
};

interface FileSystem {
  readonly uuid: string | undefined;
  readonly type: string | undefined;
  readonly label: string | undefined;
}

/** What udev found on the device when it appeared. The file door opens no device, so without udev nothing is known. */
const fileSystemOn = (files: HostFiles, entry: string): FileSystem | undefined => {
  const number = files.readText(`${classDirectory}/${entry}/dev`)?.trim() ?? '';
  if (!/^\d+:\d+$/.test(number)) return undefined;
  const properties = parseUdevData(files.readText(`/run/udev/data/b${number}`) ?? '');
  // The plain label has other characters in place of unsafe ones.
  const encoded = properties.get('ID_FS_LABEL_ENC');
  return {
    uuid: properties.get('ID_FS_UUID'),
    type: properties.get('ID_FS_TYPE'),
    label: encoded === undefined ? properties.get('ID_FS_LABEL') : decodeUdev(encoded),
  };
};

const wholeNumber = (content: string | undefined): number | undefined =>
  content !== undefined && /^\d+$/.test(content) ? Number(content) : undefined;
