import {
  audio as readAudio,
  diskLayout as readDisks,
  printer as readPrinters,
  usb as readUsb,
} from 'systeminformation';
import { bigint, double, integer, text } from '../../protocol/table.ts';
import { flag, number, whole, words } from './cells.ts';
import { type HostTable, hostTable } from './host-table.ts';

export const usbDevices: HostTable = hostTable({
  name: 'si_usb_devices',
  description: 'USB devices by the words of lsusb.',
  columns: {
    id: text(),
    bus: integer(),
    device_id: integer(),
    name: text(),
    type: text(),
    vendor: text(),
    manufacturer: text(),
    serial: text(),
    removable: integer(),
    max_power: text(),
  },
  read: () => readUsb(),
  rows: (devices) =>
    devices.map((each) => ({
      id: words(each.id),
      bus: whole(each.bus),
      device_id: whole(each.deviceId),
      name: words(each.name),
      type: words(each.type),
      vendor: words(each.vendor),
      manufacturer: words(each.manufacturer),
      serial: words(each.serialNumber),
      removable: flag(each.removable),
      max_power: words(each.maxPower),
    })),
});

export const printers: HostTable = hostTable({
  name: 'si_printers',
  description: 'Printers that CUPS knows.',
  columns: {
    name: text(),
    model: text(),
    uri: text(),
    status: text(),
    local: integer(),
    shared: integer(),
    is_default: integer(),
  },
  read: () => readPrinters(),
  rows: (all) =>
    all.map((each) => ({
      name: words(each.name),
      model: words(each.model),
      uri: words(each.uri),
      status: words(each.status),
      local: flag(each.local),
      shared: flag(each.shared),
      is_default: flag(each.default),
    })),
});

export const audioDevices: HostTable = hostTable({
  name: 'si_audio_devices',
  description: 'Sound cards.',
  columns: {
    id: text(),
    name: text(),
    manufacturer: text(),
    revision: text(),
    driver: text(),
    type: text(),
    is_default: integer(),
    input: integer(),
    output: integer(),
  },
  read: () => readAudio(),
  rows: (devices) =>
    devices.map((each) => ({
      id: words(each.id),
      name: words(each.name),
      manufacturer: words(each.manufacturer),
      revision: words(each.revision),
      driver: words(each.driver),
      type: words(each.type),
      is_default: flag(each.default),
      input: flag(each.in),
      output: flag(each.out),
    })),
});

export const disks: HostTable = hostTable({
  name: 'si_disk_layout',
  description: 'Physical disks, with what SMART says where smartctl is there and may ask.',
  columns: {
    device: text(),
    type: text(),
    name: text(),
    vendor: text(),
    size_bytes: bigint(),
    firmware: text(),
    serial: text(),
    interface_type: text(),
    smart_status: text(),
    temperature_celsius: double(),
  },
  read: () => readDisks(),
  rows: (all) =>
    all.map((each) => ({
      device: words(each.device),
      type: words(each.type),
      name: words(each.name),
      vendor: words(each.vendor),
      size_bytes: whole(each.size),
      firmware: words(each.firmwareRevision),
      serial: words(each.serialNum),
      interface_type: words(each.interfaceType),
      smart_status: words(each.smartStatus),
      temperature_celsius: number(each.temperature),
    })),
});
