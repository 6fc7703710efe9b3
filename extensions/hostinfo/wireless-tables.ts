import {
  bluetoothDevices as readBluetooth,
  wifiConnections as readConnections,
  wifiInterfaces as readInterfaces,
  wifiNetworks as readNetworks,
} from 'systeminformation';
import { double, integer, text } from '../../protocol/table.ts';
import { flag, number, whole } from './cells.ts';
import { type HostTable, hostTable } from './host-table.ts';

export const wifiNetworks: HostTable = hostTable({
  name: 'si_wifi_networks',
  description: 'Wireless networks in reach, by the last scan of the host.',
  columns: {
    ssid: text(),
    bssid: text(),
    mode: text(),
    channel: integer(),
    frequency_mhz: integer(),
    signal_level_dbm: integer(),
    quality_percent: double(),
    security: text(),
  },
  read: () => readNetworks(),
  rows: (networks) =>
    networks.map((network) => ({
      ssid: network.ssid,
      bssid: network.bssid,
      mode: network.mode,
      channel: whole(network.channel),
      frequency_mhz: whole(network.frequency),
      signal_level_dbm: whole(network.signalLevel),
      quality_percent: number(network.quality),
      security: network.security.join(' '),
    })),
});

export const wifiInterfaces: HostTable = hostTable({
  name: 'si_wifi_interfaces',
  description: 'Wireless interfaces of the host.',
  columns: { interface: text(), model: text(), vendor: text(), mac: text() },
  read: () => readInterfaces(),
  rows: (interfaces) =>
    interfaces.map(({ iface, model, vendor, mac }) => ({ interface: iface, model, vendor, mac })),
});

export const wifiConnections: HostTable = hostTable({
  name: 'si_wifi_connections',
  description: 'Wireless networks that the host is connected to.',
  columns: {
    interface: text(),
    ssid: text(),
    bssid: text(),
    channel: integer(),
    frequency_mhz: integer(),
    signal_level_dbm: integer(),
    quality_percent: double(),
    tx_rate_mbit_per_s: double(),
    security: text(),
  },
  read: () => readConnections(),
  rows: (connections) =>
    connections.map((connection) => ({
      interface: connection.iface,
      ssid: connection.ssid,
      bssid: connection.bssid,
      channel: whole(connection.channel),
      frequency_mhz: whole(connection.frequency),
      signal_level_dbm: whole(connection.signalLevel),
      quality_percent: number(connection.quality),
      tx_rate_mbit_per_s: number(connection.txRate),
      security: connection.security,
    })),
});

export const bluetoothDevices: HostTable = hostTable({
  name: 'si_bluetooth_devices',
  description: 'Bluetooth devices that the host knows.',
  columns: {
    name: text(),
    device: text(),
    mac: text(),
    host_mac: text(),
    manufacturer: text(),
    type: text(),
    connected: integer(),
    battery_percent: integer(),
  },
  read: () => readBluetooth(),
  rows: (devices) =>
    devices.map((each) => ({
      name: each.name,
      device: each.device,
      mac: each.macDevice,
      host_mac: each.macHost,
      manufacturer: each.manufacturer,
      type: each.type,
      connected: flag(each.connected),
      battery_percent: whole(each.batteryPercent),
    })),
});
