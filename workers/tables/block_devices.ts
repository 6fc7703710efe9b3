import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { blockClass, deviceName, fileSystemOn, parentOf } from '../host/block-devices.ts';

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
      const attribute = (column: AttributeColumn, path: string): string | undefined =>
        query.uses(column) ? files.readText(`${blockClass}/${entry}/${path}`)?.trim() : undefined;
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

const wholeNumber = (content: string | undefined): number | undefined =>
  content !== undefined && /^\d+$/.test(content) ? Number(content) : undefined;
