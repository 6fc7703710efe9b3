import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { hardwareNames } from '../host/hardware-names.ts';
import { parseUdevData } from '../parsers/udev-data.ts';
import { parseUevent } from '../parsers/uevent.ts';

const devicesDirectory = '/sys/bus/usb/devices';

export const usbDevices: Table = defineTable({
  name: 'usb_devices',
  description: 'Devices on the USB buses, hubs included. usb_address is the bus, usb_port the device on it.',
  columns: {
    usb_address: integer(),
    usb_port: integer(),
    vendor: text(),
    vendor_id: text({ collate: 'NOCASE' }),
    version: text({ collate: 'VERSION' }),
    model: text(),
    model_id: text({ collate: 'NOCASE' }),
    serial: text(),
    class: text(),
    subclass: text(),
    protocol: text(),
    removable: integer(),
  },
  *generate(query) {
    const { files } = query;
    for (const entry of (files.list(devicesDirectory) ?? []).toSorted()) {
      const directory = `${devicesDirectory}/${entry}`;
      const properties = parseUevent(files.readText(`${directory}/uevent`) ?? '');
      const [usb_address, usb_port] = [properties.get('BUSNUM'), properties.get('DEVNUM')].map(Number);
      // The interfaces of a device have neither.
      if (!Number.isInteger(usb_address) || !Number.isInteger(usb_port)) continue;
      const attribute = (column: AttributeColumn, name: string): string | undefined =>
        query.uses(column) ? files.readText(`${directory}/${name}`)?.trim() : undefined;
      const [deviceClass, subclass, protocol] = properties.get('TYPE')?.split('/') ?? [];
      yield {
        usb_address,
        usb_port,
        vendor_id: attribute('vendor_id', 'idVendor'),
        model_id: attribute('model_id', 'idProduct'),
        version: attribute('version', 'bcdDevice'),
        serial: attribute('serial', 'serial'),
        class: deviceClass,
        subclass,
        protocol,
        removable: attribute('removable', 'removable') === 'unknown' ? -1 : 1,
        ...(query.uses('vendor', 'model') ? namesOf(files, directory, properties) : undefined),
      };
    }
  },
});

/** Columns that one file each serves. */
type AttributeColumn = 'vendor_id' | 'model_id' | 'version' | 'serial' | 'removable';

interface Names {
  readonly vendor: string | undefined;
  readonly model: string | undefined;
}

/** What udev found in its database, else usb.ids has, else the device says of itself. */
const namesOf = (files: HostFiles, directory: string, properties: ReadonlyMap<string, string>): Names => {
  const number = `${properties.get('MAJOR') ?? ''}:${properties.get('MINOR') ?? ''}`;
  const udev = /^\d+:\d+$/.test(number)
    ? parseUdevData(files.readText(`/run/udev/data/c${number}`) ?? '')
    : new Map<string, string>();
  const found = { vendor: udev.get('ID_VENDOR_FROM_DATABASE'), model: udev.get('ID_MODEL_FROM_DATABASE') };
  if (found.vendor !== undefined && found.model !== undefined) return found;
  const [vendor = '', model = ''] = (properties.get('PRODUCT') ?? '')
    .split('/')
    .map((id) => id.padStart(4, '0'));
  const names = hardwareNames(files, 'usb.ids', new Set([vendor]));
  const said = (name: string): string | undefined => files.readText(`${directory}/${name}`)?.trim();
  return {
    vendor: found.vendor ?? names.vendor(vendor) ?? said('manufacturer'),
    model: found.model ?? names.model(vendor, model) ?? udev.get('ID_MODEL') ?? said('product'),
  };
};
