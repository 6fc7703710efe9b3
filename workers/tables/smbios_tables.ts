import { hash } from 'node:crypto';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { smbiosStructures } from '../host/smbios.ts';
import { smbiosTypeName } from '../parsers/smbios-types.ts';

export const smbiosTables: Table = defineTable({
  name: 'smbios_tables',
  description: 'Structures of the SMBIOS table that the firmware left.',
  columns: {
    number: integer(),
    type: integer(),
    description: text(),
    handle: integer(),
    header_size: integer(),
    size: integer(),
    md5: text({ collate: 'NOCASE' }),
  },
  *generate(query) {
    for (const [number, { type, handle, formatted, bytes }] of smbiosStructures(query.files).entries()) {
      yield {
        number,
        type,
        description: smbiosTypeName(type),
        handle,
        header_size: formatted.length,
        size: bytes.length,
        md5: query.uses('md5') ? hash('md5', bytes) : undefined,
      };
    }
  },
});
