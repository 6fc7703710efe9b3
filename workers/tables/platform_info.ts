import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { smbiosOfType } from '../host/smbios.ts';
import { type SmbiosStructure, smbiosString } from '../parsers/smbios.ts';
import { smbiosByte, smbiosHex, smbiosWord } from '../parsers/smbios-numbers.ts';

const firmwareType = 0;

export const platformInfo: Table = defineTable({
  name: 'platform_info',
  description: 'The firmware that started this machine. Size in bytes.',
  columns: {
    vendor: text(),
    version: text({ collate: 'VERSION' }),
    date: text(),
    revision: text(),
    extra: text(),
    firmware_type: text(),
    address: text(),
    size: text(),
    volume_size: integer(),
  },
  *generate(query) {
    for (const firmware of smbiosOfType(query.files, firmwareType, 0x12)) {
      const [major, minor] = [smbiosByte(firmware, 0x14), smbiosByte(firmware, 0x15)];
      yield {
        vendor: smbiosString(firmware, 0x04).trim(),
        version: smbiosString(firmware, 0x05).trim(),
        date: smbiosString(firmware, 0x08).trim(),
        revision: major === undefined || minor === undefined ? undefined : `${major}.${minor}`,
        firmware_type: query.uses('firmware_type')
          ? kindOf(query.files.stat('/sys/firmware/efi'))
          : undefined,
        address: smbiosHex(smbiosWord(firmware, 0x06), 4),
        size: String(size_bytes(firmware)),
        volume_size: 0,
      };
    }
  },
});

/** The kernel has a directory for UEFI where it was started by it. */
const kindOf = (directory: unknown): string => (directory === undefined ? 'bios' : 'uefi');

/** Units of 64 KiB; firmware of 16 MiB and more stands in a word of MiB or GiB (SMBIOS 3.1), where osquery stays at 16 MiB. */
const size_bytes = (firmware: SmbiosStructure): number => {
  const units = smbiosByte(firmware, 0x09) ?? 0;
  const extended = smbiosWord(firmware, 0x18);
  if (units < 0xff || extended === undefined) return (units + 1) * 64 * 1024;
  return (extended & 0x3fff) * (extended >> 14 === 1 ? 2 ** 30 : 2 ** 20);
};
