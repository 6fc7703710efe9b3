import { audioDevices, disks, printers, usbDevices } from './device-tables.ts';
import { displays, graphicsControllers } from './display-tables.ts';
import type { HostTable } from './host-table.ts';
import { battery, cpuTemperature } from './power-tables.ts';
import { dockerContainers, dockerInfo, virtualMachines } from './virtual-tables.ts';
import { bluetoothDevices, wifiConnections, wifiInterfaces, wifiNetworks } from './wireless-tables.ts';

/** Every table of the extension. */
export const hostTables: readonly HostTable[] = [
  audioDevices,
  battery,
  bluetoothDevices,
  cpuTemperature,
  disks,
  displays,
  dockerContainers,
  dockerInfo,
  graphicsControllers,
  printers,
  usbDevices,
  virtualMachines,
  wifiConnections,
  wifiInterfaces,
  wifiNetworks,
];
