/** What answers of systeminformation come to, by samples of the shapes that it documents, and by what it says of nothing. */
import t from 'tap';
import { flag, number, whole, words } from '../../../extensions/hostinfo/cells.ts';
import type { HostTable } from '../../../extensions/hostinfo/host-table.ts';
import { hostTables } from '../../../extensions/hostinfo/tables.ts';

const table = (name: string): HostTable => {
  const found = hostTables.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
};

const battery = {
  hasBattery: true,
  cycleCount: 12,
  isCharging: false,
  voltage: 11.4,
  designedCapacity: 50_000,
  maxCapacity: 40_000,
  currentCapacity: 20_000,
  capacityUnit: 'mWh',
  percent: 50,
  timeRemaining: null,
  acConnected: true,
  type: 'Li-ion',
  model: 'B1',
  manufacturer: 'Acme',
  serial: '7',
};

const card = { vendor: 'Acme', model: 'G', bus: 'PCI', vram: 512, vramDynamic: false, temperatureGpu: 40.5 };
const screen = {
  vendor: 'Acme',
  vendorId: null,
  model: 'S',
  main: true,
  builtin: false,
  resolutionX: 800,
  sizeX: 30,
};
const container = {
  id: 'c',
  name: 'n',
  image: 'i',
  imageID: 'sha',
  command: '',
  state: 'running',
  created: 5,
  started: 6,
  finished: 0,
  restartCount: 1,
};

const samples: Readonly<Record<string, readonly [data: unknown, first: object, count: number]>> = {
  si_battery: [
    { ...battery, additionalBatteries: [{ ...battery, serial: '8' }] },
    { serial: '7', percent: 50, voltage_volts: 11.4, ac_connected: 1, remaining_minutes: undefined },
    2,
  ],
  si_cpu_temperature: [
    { main: 41.5, max: 45, cores: [40, 43], socket: [], chipset: null },
    { sensor: 'main', temperature_celsius: 41.5 },
    4,
  ],
  si_graphics_controllers: [
    { controllers: [card], displays: [] },
    { vendor: 'Acme', vram_mb: 512, vram_dynamic: 0, temperature_celsius: 40.5, fan_percent: undefined },
    1,
  ],
  si_displays: [
    { controllers: [], displays: [screen] },
    { model: 'S', serial: undefined, main: 1, builtin: 0, resolution_x: 800, width_cm: 30 },
    1,
  ],
  si_wifi_networks: [
    [
      {
        ssid: 's',
        bssid: 'b',
        mode: '',
        channel: 6,
        frequency: 2437,
        signalLevel: -50,
        quality: 80,
        security: ['WPA2', 'WPA3'],
      },
    ],
    { ssid: 's', frequency_mhz: 2437, signal_level_dbm: -50, security: 'WPA2 WPA3' },
    1,
  ],
  si_wifi_interfaces: [
    [{ id: 'w', iface: 'wlan0', model: 'm', vendor: 'v', mac: 'aa' }],
    { interface: 'wlan0' },
    1,
  ],
  si_wifi_connections: [
    [
      {
        iface: 'wlan0',
        ssid: 's',
        bssid: 'b',
        channel: 6,
        frequency: 2437,
        signalLevel: -50,
        quality: 80,
        txRate: 433.3,
        security: 'WPA2',
      },
    ],
    { interface: 'wlan0', tx_rate_mbit_per_s: 433.3 },
    1,
  ],
  si_bluetooth_devices: [
    [
      {
        device: 'd',
        name: 'Mouse',
        macDevice: 'aa',
        macHost: 'bb',
        batteryPercent: null,
        manufacturer: '',
        type: 'Mouse',
        connected: true,
      },
    ],
    { name: 'Mouse', mac: 'aa', host_mac: 'bb', connected: 1, battery_percent: undefined },
    1,
  ],
  si_usb_devices: [
    [
      {
        id: 3,
        bus: 1,
        deviceId: 2,
        name: 'Stick',
        type: 'Mass Storage',
        removable: null,
        vendor: 'v',
        manufacturer: 'm',
        maxPower: '100mA',
        serialNumber: null,
      },
    ],
    { id: '3', bus: 1, device_id: 2, removable: undefined, serial: undefined },
    1,
  ],
  si_printers: [
    [
      {
        id: 0,
        name: 'lp',
        model: 'm',
        uri: 'ipp://x',
        uuid: '',
        local: false,
        status: 'idle',
        default: true,
        shared: false,
      },
    ],
    { name: 'lp', local: 0, is_default: 1 },
    1,
  ],
  si_audio_devices: [
    [
      {
        id: '00:1f.3',
        name: 'HDA',
        manufacturer: 'm',
        default: false,
        revision: '',
        driver: 'snd',
        channel: 'PCIe',
        in: false,
        out: true,
        type: 'Speaker',
        status: 'online',
      },
    ],
    { id: '00:1f.3', input: 0, output: 1 },
    1,
  ],
  si_disk_layout: [
    [
      {
        device: '/dev/sda',
        type: 'SSD',
        name: 'd',
        vendor: 'v',
        size: 2 ** 40,
        firmwareRevision: 'f',
        serialNum: 's',
        interfaceType: 'SATA',
        smartStatus: 'Ok',
        temperature: 33,
      },
    ],
    { device: '/dev/sda', size_bytes: 2 ** 40, temperature_celsius: 33 },
    1,
  ],
  si_docker_info: [
    { id: 'x', name: 'h', containers: 2, images: 3, ncpu: 4, memTotal: 2 ** 33 },
    { containers: 2, cpus: 4, memory_bytes: 2 ** 33 },
    1,
  ],
  si_docker_containers: [[container], { image_id: 'sha', restart_count: 1, created: 5 }, 1],
  si_virtualbox_machines: [
    [{ id: 'v', name: 'vm', running: true, guestOS: 'Debian', memory: 1024, cpus: 2 }],
    { running: 1, guest_os: 'Debian', memory_mb: 1024 },
    1,
  ],
};

t.test('samples', async (t) => {
  t.strictSame(
    Object.keys(samples).toSorted(),
    hostTables.map(({ name }) => name),
  );
  for (const [name, [data, first, count]] of Object.entries(samples)) {
    const { rows, columns } = table(name);
    const all = rows(data);
    t.match([all.length, all[0]], [count, first], name);
    for (const row of all)
      t.strictSame(
        Object.keys(row).filter((member) => !(member in columns)),
        [],
      );
  }
});

t.test('a host that has nothing of it has no rows', async (t) => {
  const none: Readonly<Record<string, unknown>> = {
    si_battery: { ...battery, hasBattery: false },
    si_cpu_temperature: { main: null, max: null, cores: [] },
    si_docker_info: {},
    si_graphics_controllers: { controllers: [], displays: [] },
    si_displays: { controllers: [], displays: [] },
  };
  for (const { name, rows } of hostTables) t.strictSame(rows(none[name] ?? []), [], name);
});

t.test('cells', async (t) => {
  t.strictSame([true, false, null, undefined].map(flag), [1, 0, undefined, undefined]);
  t.strictSame([1.5, 0, '', '1', null, Number.NaN].map(number), [
    1.5,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  t.strictSame([1.6, -0.4, undefined].map(whole), [2, -0, undefined]);
  t.strictSame([1, '', null].map(words), ['1', '', undefined]);
});
