import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { blockClass, deviceName, fileSystemOn, parentOf } from '../host/block-devices.ts';

/**
 * The cipher, which osquery adds to the type, stands in the header on the disk: no disk is opened for it. A mapping's
 * name in the device mapper tells the rest to everybody.
 */
export const diskEncryption: Table = defineTable({
  name: 'disk_encryption',
  description:
    'Block devices, and whether they are encrypted by dm-crypt. The type is shown without its cipher.',
  columns: {
    name: text({ index: true }),
    uuid: text({ collate: 'NOCASE' }),
    encrypted: integer(),
    type: text(),
    encryption_status: text(),
    uid: text({ hidden: true }),
    user_uuid: text({ hidden: true, collate: 'NOCASE' }),
    filevault_status: text({ hidden: true }),
  },
  *generate(query) {
    const { files } = query;
    const asked = query.equals('name');
    for (const entry of (files.list(blockClass) ?? []).toSorted()) {
      const name = deviceName(entry);
      if (asked?.includes(name) === false) continue;
      const type = encryptionOf(files, entry);
      yield {
        name,
        uuid: query.uses('uuid') ? fileSystemOn(files, entry)?.uuid : undefined,
        encrypted: type === undefined ? 0 : 1,
        type,
        encryption_status: type === undefined ? 'not encrypted' : 'encrypted',
      };
    }
  },
});

/** A stack of devices is never deeper. */
const deepest = 16;

/** Kind of encryption of a mapping, or of what it stands on: a volume on an encrypted disk is encrypted. */
const encryptionOf = (files: HostFiles, entry: string): string | undefined => {
  let at = entry;
  for (let level = 0; level < deepest; level += 1) {
    const mapping = files.readText(`${blockClass}/${at}/dm/uuid`) ?? '';
    const type = /^CRYPT-([A-Z0-9]+)-/.exec(mapping)?.[1];
    if (type !== undefined) return type;
    const parent = parentOf(files, at);
    if (parent === undefined) return undefined;
    at = parent.slice('/dev/'.length).replaceAll('/', '!');
  }
  return undefined;
};
