import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { parseHardwareIds } from '../../../workers/parsers/hardware-ids.ts';
import { parseUevent } from '../../../workers/parsers/uevent.ts';
import { pciDevices } from '../../../workers/tables/pci_devices.ts';
import { usbDevices } from '../../../workers/tables/usb_devices.ts';
import { scan, tree } from './run-table.ts';

const pciIds = [
  '#',
  '#\tList of PCI IDs',
  '1af4  Red Hat, Inc.',
  '\t1041  Virtio 1.0 network device',
  '\t\t1af4 1100  QEMU  ',
  '8086  Intel Corporation',
  '\t1237  440FX - 82441FX PMC [Natoma]',
  '\t\t1af4 1100  Qemu virtual machine',
  '# a comment between',
  '\t7010  82371SB PIIX3 IDE [Natoma/Triton II]',
  'C 06  Bridge',
  '\t00  Host bridge',
  '\t04  PCI bridge',
  '\t\t01  Subtractive decode',
].join('\n');

const pci = (uevent: string): object => ({ uevent });
const host = {
  sys: {
    bus: {
      pci: {
        devices: {
          '0000:00:00.0': pci(
            'PCI_CLASS=60000\nPCI_ID=8086:1237\nPCI_SUBSYS_ID=1AF4:1100\nPCI_SLOT_NAME=0000:00:00.0\n',
          ),
          '0000:00:03.0': pci(
            'DRIVER=virtio-pci\nPCI_CLASS=20000\nPCI_ID=1AF4:9999\nPCI_SLOT_NAME=0000:00:03.0\n',
          ),
          '0000:00:04.0': pci('PCI_CLASS=x\n'),
        },
      },
    },
  },
  usr: { share: { misc: { 'pci.ids': pciIds } } },
  run: {
    udev: {
      data: {
        '+pci:0000:00:03.0':
          'E:ID_PCI_CLASS_FROM_DATABASE=Network controller\nE:ID_MODEL_FROM_DATABASE=From udev\n',
      },
    },
  },
};

t.test('pci_devices with names of pci.ids and udev', async (t) => {
  const root = tree(t, host);
  t.strictSame(scan(pciDevices, { root }).rows, [
    {
      pci_slot: '0000:00:00.0',
      driver: undefined,
      vendor_id: '0x8086',
      model_id: '0x1237',
      pci_class_id: '0x06',
      pci_subclass_id: '0x00',
      subsystem_vendor_id: '0x1af4',
      subsystem_model_id: '0x1100',
      vendor: 'Intel Corporation',
      model: '440FX - 82441FX PMC [Natoma]',
      subsystem_vendor: 'Red Hat, Inc.',
      subsystem_model: 'Qemu virtual machine',
      pci_class: 'Bridge',
      pci_subclass: 'Host bridge',
    },
    {
      pci_slot: '0000:00:03.0',
      driver: 'virtio-pci',
      vendor_id: '0x1af4',
      model_id: '0x9999',
      pci_class_id: '0x02',
      pci_subclass_id: '0x00',
      subsystem_vendor_id: undefined,
      subsystem_model_id: undefined,
      vendor: 'Red Hat, Inc.',
      model: 'From udev',
      subsystem_vendor: undefined,
      subsystem_model: undefined,
      pci_class: 'Network controller',
      pci_subclass: undefined,
    },
    {
      pci_slot: '0000:00:04.0',
      driver: undefined,
      vendor_id: '0',
      model_id: '0',
      pci_class_id: undefined,
      pci_subclass_id: undefined,
      subsystem_vendor_id: undefined,
      subsystem_model_id: undefined,
      vendor: undefined,
      model: undefined,
      subsystem_vendor: undefined,
      subsystem_model: undefined,
      pci_class: undefined,
      pci_subclass: undefined,
    },
  ]);
  const { opened } = scan(pciDevices, { root, columns: ['pci_slot', 'vendor_id'] });
  t.notOk(opened.includes('/usr/share/misc/pci.ids'), 'no list for names that nobody reads');
  t.strictSame(scan(pciDevices).rows, []);
});

const usb = {
  sys: {
    bus: {
      usb: {
        devices: {
          usb1: {
            uevent:
              'MAJOR=189\nMINOR=0\nDEVTYPE=usb_device\nDRIVER=usb\nPRODUCT=1d6b/2/606\nTYPE=9/0/1\nBUSNUM=001\nDEVNUM=001\n',
            idVendor: '1d6b\n',
            idProduct: '0002\n',
            bcdDevice: '0606\n',
            serial: '0000:00:14.0\n',
            manufacturer: 'Linux 6.6.6 xhci-hcd\n',
            product: 'xHCI Host Controller\n',
            removable: 'unknown\n',
          },
          '1-2': {
            uevent: 'MAJOR=189\nMINOR=4\nPRODUCT=46d/c52b/1211\nTYPE=0/0/0\nBUSNUM=001\nDEVNUM=005\n',
            idVendor: '046d\n',
            idProduct: 'c52b\n',
            removable: 'removable\n',
            product: 'USB Receiver\n',
          },
          '1-2:1.0': { uevent: 'DEVTYPE=usb_interface\nPRODUCT=46d/c52b/1211\n' },
          '1-3': {},
        },
      },
    },
  },
  usr: { share: { hwdata: { 'usb.ids': '046d  Logitech, Inc.\n\tc52a  Other\nAT 1  Odd\n' } } },
  run: {
    udev: {
      data: {
        'c189:0': 'E:ID_VENDOR_FROM_DATABASE=Linux Foundation\nE:ID_MODEL_FROM_DATABASE=2.0 root hub\n',
      },
    },
  },
};

t.test('usb_devices', async (t) => {
  const root = tree(t, usb);
  t.strictSame(scan(usbDevices, { root }).rows, [
    {
      usb_address: 1,
      usb_port: 5,
      vendor_id: '046d',
      model_id: 'c52b',
      version: undefined,
      serial: undefined,
      class: '0',
      subclass: '0',
      protocol: '0',
      removable: 1,
      vendor: 'Logitech, Inc.',
      model: 'USB Receiver',
    },
    {
      usb_address: 1,
      usb_port: 1,
      vendor_id: '1d6b',
      model_id: '0002',
      version: '0606',
      serial: '0000:00:14.0',
      class: '9',
      subclass: '0',
      protocol: '1',
      removable: -1,
      vendor: 'Linux Foundation',
      model: '2.0 root hub',
    },
  ]);
  t.strictSame(scan(usbDevices).rows, []);
});

t.test('lists that are empty, torn, of CRLF, huge', async (t) => {
  const vendors = new Set(['8086']);
  for (const none of [
    '',
    '8086',
    '8086 x',
    '\t1237  x',
    '8087  x\n\t1237  y',
    '\0'.repeat(1e6),
    ' '.repeat(1e6),
  ]) {
    const names = parseHardwareIds(none, vendors);
    t.strictSame(
      [names.vendor('8086'), names.model('8086', '1237')],
      [undefined, undefined],
      none.slice(0, 20),
    );
  }
  const crlf = parseHardwareIds('8086  Intel\r\n\t1237  Bridge\r\n', vendors);
  t.strictSame([crlf.vendor('8086'), crlf.model('8086', '1237')], ['Intel', 'Bridge']);
  const huge = `8086  ${' x'.repeat(2e6)}\n${'1000  y\n\t0001  z\n'.repeat(100_000)}`;
  t.equal(parseHardwareIds(huge, vendors).vendor('1000'), undefined);
  t.strictSame([...parseUevent('A=b=c\r\n=x\n\nD')], [['A', 'b=c']]);
});

const live = '/sys/bus/pci/devices';
t.test('the ids that sysfs has', { skip: !existsSync(live) && 'needs a PCI bus' }, async (t) => {
  const { rows } = scan(pciDevices, { root: '/' });
  t.equal(rows.length, readdirSync(live).length);
  for (const { pci_slot, vendor_id, model_id } of rows) {
    const told = (name: string): string => readFileSync(`${live}/${pci_slot}/${name}`, 'utf8').trim();
    t.strictSame([vendor_id, model_id], [told('vendor'), told('device')], String(pci_slot));
  }
});

/** A device as `lspci -vmm` tells it: a field a line, `Slot:<tab>0000:00:03.0`. */
const fieldsOf = (paragraph: string): ReadonlyMap<string, string> =>
  new Map(
    paragraph.split('\n').map((line) => {
      const [name = '', value = ''] = line.split(':\t');
      return [name, value] as const;
    }),
  );
/** What lspci writes for an id that its list does not have. */
const noName = /^(?:Device|Vendor|Subsystem|Unassigned class) \[?[0-9a-f]{4}\]?$/;

const lspci = spawnSync('lspci', ['-Dkvmm'], { encoding: 'utf8' });
const noLspci = (lspci.status !== 0 || lspci.stdout === '') && 'needs lspci (pciutils) and a PCI bus';

t.test('agrees with lspci', { skip: noLspci }, async (t) => {
  const { rows } = scan(pciDevices, { root: '/' });
  const told = lspci.stdout.trim().split('\n\n').map(fieldsOf);
  t.strictSame(
    rows.map(({ pci_slot, driver = '' }) => [pci_slot, driver]),
    told.map((fields) => [fields.get('Slot'), fields.get('Driver') ?? '']),
  );
  for (const [index, { vendor, model, subsystem_vendor, pci_subclass, pci_slot }] of rows.entries()) {
    const fields = told[index];
    const named = { Vendor: vendor, Device: model, SVendor: subsystem_vendor, Class: pci_subclass };
    for (const [name, ours = ''] of Object.entries(named)) {
      // The name of a kind is udev's where it has one, and its list may be of another year than pci.ids.
      if (name === 'Class' && existsSync(`/run/udev/data/+pci:${pci_slot}`)) continue;
      const theirs = fields?.get(name) ?? '';
      t.equal(ours, noName.test(theirs) ? '' : theirs, `${name} of ${pci_slot}`);
    }
  }
});
