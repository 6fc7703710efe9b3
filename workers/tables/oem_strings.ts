import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { smbiosOfType } from '../host/smbios.ts';
import { smbiosByte, smbiosHandle } from '../parsers/smbios-numbers.ts';

const oemStringsType = 11;

export const oemStrings: Table = defineTable({
  name: 'oem_strings',
  description: 'Texts that the manufacturer of the machine left in the firmware.',
  columns: {
    handle: text(),
    number: integer(),
    value: text(),
  },
  *generate({ files }) {
    for (const structure of smbiosOfType(files, oemStringsType, 5)) {
      const handle = smbiosHandle(structure.handle);
      const count = smbiosByte(structure, 4) ?? 0;
      for (let number = 1; number <= count; number += 1)
        yield { handle, number, value: (structure.strings[number - 1] ?? '').trimEnd() };
    }
  },
});
