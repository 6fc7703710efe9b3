import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, type Table, text } from '../../protocol/table.ts';
import { hardwareNames } from '../host/hardware-names.ts';
import { type HardwareNames, noHardwareNames } from '../parsers/hardware-ids.ts';
import { parseUdevData } from '../parsers/udev-data.ts';
import { parseUevent } from '../parsers/uevent.ts';

const devicesDirectory = '/sys/bus/pci/devices';
const nameColumns = [
  'vendor',
  'model',
  'subsystem_vendor',
  'subsystem_model',
  'pci_class',
  'pci_subclass',
] as const;

/** A host without pci.ids, of which osquery has no row, has its devices with their ids and what udev calls them. */
export const pciDevices: Table = defineTable({
  name: 'pci_devices',
  description: 'Devices on the PCI buses, with their names from pci.ids and udev.',
  columns: {
    pci_slot: text(),
    pci_class: text(),
    driver: text(),
    vendor: text(),
    vendor_id: text({ collate: 'NOCASE' }),
    model: text(),
    model_id: text({ collate: 'NOCASE' }),
    pci_class_id: text({ collate: 'NOCASE' }),
    pci_subclass_id: text({ collate: 'NOCASE' }),
    pci_subclass: text(),
    subsystem_vendor_id: text({ collate: 'NOCASE' }),
    subsystem_vendor: text(),
    subsystem_model_id: text({ collate: 'NOCASE' }),
    subsystem_model: text(),
  },
  *generate(query) {
    const { files } = query;
    const devices = (files.list(devicesDirectory) ?? []).toSorted().flatMap((slot) => deviceIn(files, slot));
    const isNamed = query.uses(...nameColumns);
    const ids = devices.flatMap(({ id, subsystem }) => [id, subsystem]).filter((id) => id !== undefined);
    const vendors = new Set(ids.map(({ vendor }) => vendor));
    const names = isNamed ? hardwareNames(files, 'pci.ids', vendors) : noHardwareNames;
    for (const device of devices) {
      const { slot, driver, id, subsystem, kind } = device;
      yield {
        pci_slot: slot,
        driver,
        // osquery's way to say that the kernel tells no id.
        vendor_id: id === undefined ? '0' : `0x${id.vendor}`,
        model_id: id === undefined ? '0' : `0x${id.model}`,
        pci_class_id: kind && `0x${kind.deviceClass}`,
        pci_subclass_id: kind && `0x${kind.subclass}`,
        subsystem_vendor_id: subsystem && `0x${subsystem.vendor}`,
        subsystem_model_id: subsystem && `0x${subsystem.model}`,
        ...(isNamed ? namesOf(device, names, files) : undefined),
      };
    }
  },
});

interface PciId {
  readonly vendor: string;
  readonly model: string;
}

interface PciDevice {
  readonly slot: string;
  readonly driver: string | undefined;
  readonly id: PciId | undefined;
  readonly subsystem: PciId | undefined;
  readonly kind: { readonly deviceClass: string; readonly subclass: string } | undefined;
}

/** None when the device was taken away meanwhile. */
const deviceIn = (files: HostFiles, entry: string): PciDevice[] => {
  const content = files.readText(`${devicesDirectory}/${entry}/uevent`);
  if (content === undefined) return [];
  const properties = parseUevent(content);
  // Class, subclass and interface, two digits each; the kernel leaves the first zeros out.
  const kind = /^[0-9A-F]{1,6}$/
    .exec(properties.get('PCI_CLASS') ?? '')?.[0]
    .padStart(6, '0')
    .toLowerCase();
  return [
    {
      slot: properties.get('PCI_SLOT_NAME') ?? entry,
      driver: properties.get('DRIVER'),
      id: pciId(properties.get('PCI_ID')),
      subsystem: pciId(properties.get('PCI_SUBSYS_ID')),
      kind: kind === undefined ? undefined : { deviceClass: kind.slice(0, 2), subclass: kind.slice(2, 4) },
    },
  ];
};

const pciId = (property: string | undefined): PciId | undefined => {
  const [, vendor, model] = /^([0-9a-f]{4}):([0-9a-f]{4})$/.exec(property?.toLowerCase() ?? '') ?? [];
  return vendor === undefined || model === undefined ? undefined : { vendor, model };
};

/** pci.ids comes first, as in osquery; what it lacks udev may have found in its own database. */
const namesOf = (
  { slot, id, subsystem, kind }: PciDevice,
  names: HardwareNames,
  files: HostFiles,
): Partial<Record<(typeof nameColumns)[number], string | undefined>> => {
  const udev = parseUdevData(files.readText(`/run/udev/data/+pci:${slot}`) ?? '');
  const { vendor = '', model = '' } = id ?? {};
  const { deviceClass = '', subclass = '' } = kind ?? {};
  return {
    vendor: names.vendor(vendor) ?? udev.get('ID_VENDOR_FROM_DATABASE'),
    model: names.model(vendor, model) ?? udev.get('ID_MODEL_FROM_DATABASE'),
    subsystem_vendor: subsystem && names.vendor(subsystem.vendor),
    subsystem_model: subsystem && names.subsystem(vendor, model, `${subsystem.vendor} ${subsystem.model}`),
    pci_class: udev.get('ID_PCI_CLASS_FROM_DATABASE') ?? names.deviceClass(deviceClass),
    pci_subclass: udev.get('ID_PCI_SUBCLASS_FROM_DATABASE') ?? names.subclass(deviceClass, subclass),
  };
};
