import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { blockClass, deviceName, fileSystemOn, standsOn } from '../host/block-devices.ts';

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
    const known: KnownTypes = new Map();
    for (const entry of (files.list(blockClass) ?? []).toSorted()) {
      const name = deviceName(entry);
      if (asked?.includes(name) === false) continue;
      const type = encryptionOf(files, entry, known);
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

/** Kinds of encryption by entry, so that none is looked at twice; undefined for a device that is not encrypted. */
type KnownTypes = Map<string, string | undefined>;

/**
 * Kind of encryption of a mapping, or of what it stands on: a volume on an encrypted disk is encrypted, and one on several
 * disks when all of them are. dm-verity and dm-integrity encrypt nothing, though osquery counts them, too.
 */
const encryptionOf = (files: HostFiles, entry: string, known: KnownTypes): string | undefined => {
  if (known.has(entry)) return known.get(entry);
  known.set(entry, undefined);
  const mapping = files.readText(`${blockClass}/${entry}/dm/uuid`) ?? '';
  const own = /^CRYPT-(?!VERITY-|INTEGRITY-)([A-Z0-9]+)-/.exec(mapping)?.[1];
  const below =
    own === undefined ? standsOn(files, entry).map((each) => encryptionOf(files, each, known)) : [];
  const type = own ?? (below.includes(undefined) ? undefined : below[0]);
  known.set(entry, type);
  return type;
};
