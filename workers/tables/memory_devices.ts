import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { smbiosOfType } from '../host/smbios.ts';
import { type SmbiosStructure, smbiosString } from '../parsers/smbios.ts';
import { memoryFormFactor, memoryType, memoryTypeDetails } from '../parsers/smbios-memory-names.ts';
import { smbiosByte, smbiosDword, smbiosHandle, smbiosWord } from '../parsers/smbios-numbers.ts';

const memoryDeviceType = 17;

export const memoryDevices: Table = defineTable({
  name: 'memory_devices',
  description: 'Slots for memory and what is in them. Sizes in MiB, widths in bits, voltages in millivolts.',
  columns: {
    handle: text(),
    array_handle: text(),
    form_factor: text(),
    total_width: integer(),
    data_width: integer(),
    size: integer(),
    set: integer(),
    device_locator: text(),
    bank_locator: text(),
    memory_type: text(),
    memory_type_details: text(),
    max_speed: integer(),
    configured_clock_speed: integer(),
    manufacturer: text(),
    serial_number: text(),
    asset_tag: text(),
    part_number: text(),
    min_voltage: integer(),
    max_voltage: integer(),
    configured_voltage: integer(),
  },
  *generate({ files }) {
    for (const device of smbiosOfType(files, memoryDeviceType, 0x15)) {
      const shown = (offset: number): string => smbiosString(device, offset).trimEnd();
      const word = (offset: number, ...unknown: readonly number[]): number | undefined => {
        const value = smbiosWord(device, offset);
        return value === undefined || unknown.includes(value) ? undefined : value;
      };
      const set = smbiosByte(device, 0x0f);
      yield {
        handle: smbiosHandle(device.handle),
        array_handle: smbiosHandle(smbiosWord(device, 0x04)),
        form_factor: memoryFormFactor(smbiosByte(device, 0x0e)),
        total_width: word(0x08, 0xffff),
        data_width: word(0x0a, 0xffff),
        size: size_mib(device),
        set: set === 0xff ? undefined : set,
        device_locator: shown(0x10),
        bank_locator: shown(0x11),
        memory_type: memoryType(smbiosByte(device, 0x12)),
        memory_type_details: memoryTypeDetails(smbiosWord(device, 0x13)),
        max_speed: word(0x15, 0, 0xffff),
        configured_clock_speed: word(0x20, 0, 0xffff),
        manufacturer: shown(0x17),
        serial_number: shown(0x18),
        asset_tag: shown(0x19),
        part_number: shown(0x1a),
        min_voltage: word(0x22, 0),
        max_voltage: word(0x24, 0),
        configured_voltage: word(0x26, 0),
      };
    }
  },
});

/** 0 for an empty slot. The top bit says KiB; 32 GiB and more stand in a double word (7.18.4 and 7.18.5). */
const size_mib = (device: SmbiosStructure): number | undefined => {
  const size = smbiosWord(device, 0x0c);
  if (size === undefined || size === 0xffff) return undefined;
  if (size === 0x7fff) return (smbiosDword(device, 0x1c) ?? 0) & 0x7fff_ffff;
  return size >= 0x8000 ? Math.floor((size - 0x8000) / 1024) : size;
};
