import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { blockClass, deviceName, diskBelow, fileSystemOn, standsOn } from '../host/block-devices.ts';

export const blockDevices: Table = defineTable({
  name: 'block_devices',
  description: 'Disks, partitions and other block devices. Sizes in units of 512 bytes.',
  example: 'SELECT name, type, size * block_size / 1000000000 AS gb, label FROM block_devices;',
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
    for (const entry of files.list(blockClass) ?? []) {
      const name = deviceName(entry);
      if (asked?.includes(name) === false) continue;
      const attribute = (path: string): string | undefined =>
        files.readText(`${blockClass}/${entry}/${path}`)?.trim() || undefined;
      const [parent] = query.uses('parent') ? standsOn(files, entry) : [];
      yield {
        name,
        parent: parent === undefined ? undefined : deviceName(parent),
        ...(query.uses('vendor', 'model', 'serial') ? hardwareOf(files, diskBelow(files, entry)) : undefined),
        size: query.uses('size') ? wholeNumber(attribute('size')) : undefined,
        block_size: query.uses('block_size') ? wholeNumber(attribute('queue/logical_block_size')) : undefined,
        ...(query.uses('uuid', 'type', 'label') ? fileSystemOn(files, entry) : undefined),
      };
    }
  },
});

/** Partitions and mappings are told with the disk that they stand on. An NVMe disk has its vendor one level further. */
const hardwareOf = (files: HostFiles, disk: string): Hardware => {
  const attribute = (path: string): string | undefined =>
    files.readText(`${blockClass}/${disk}/device/${path}`)?.trim() || undefined;
  return {
    vendor: attribute('vendor') ?? attribute('device/vendor'),
    model: attribute('model'),
    serial: attribute('wwid') ?? attribute('serial'),
  };
};

interface Hardware {
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  readonly serial: string | undefined;
}

const wholeNumber = (content: string | undefined): number | undefined =>
  content !== undefined && /^\d+$/.test(content) ? Number(content) : undefined;
