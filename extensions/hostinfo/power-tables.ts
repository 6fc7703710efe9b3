import { battery as readBattery, cpuTemperature as readTemperature } from 'systeminformation';
import { double, integer, text } from '../../protocol/table.ts';
import { flag, number, whole } from './cells.ts';
import { type HostTable, hostTable } from './host-table.ts';

export const battery: HostTable = hostTable({
  name: 'si_battery',
  description: 'Batteries; no row on a host without one.',
  columns: {
    manufacturer: text(),
    model: text(),
    serial: text(),
    type: text(),
    is_charging: integer(),
    ac_connected: integer(),
    percent: double(),
    /** In `capacity_unit`, mostly mWh. */
    designed_capacity: double(),
    max_capacity: double(),
    current_capacity: double(),
    capacity_unit: text(),
    voltage_volts: double(),
    cycle_count: integer(),
    remaining_minutes: integer(),
  },
  read: () => readBattery(),
  rows: (first) =>
    [first, ...(first.additionalBatteries ?? [])]
      .filter(({ hasBattery }) => hasBattery)
      .map((each) => ({
        manufacturer: each.manufacturer,
        model: each.model,
        serial: each.serial,
        type: each.type,
        is_charging: flag(each.isCharging),
        ac_connected: flag(each.acConnected),
        percent: number(each.percent),
        designed_capacity: number(each.designedCapacity),
        max_capacity: number(each.maxCapacity),
        current_capacity: number(each.currentCapacity),
        capacity_unit: each.capacityUnit,
        voltage_volts: number(each.voltage),
        cycle_count: whole(each.cycleCount),
        remaining_minutes: whole(each.timeRemaining),
      })),
});

export const cpuTemperature: HostTable = hostTable({
  name: 'si_cpu_temperature',
  description:
    'Temperatures of the processor by sensor: main, max, chipset, and one for each core and socket.',
  columns: { sensor: text(), temperature_celsius: double() },
  read: () => readTemperature(),
  rows: ({ main, max, chipset, cores, socket = [] }) => {
    const numbered = (name: string, values: readonly number[]): readonly (readonly [string, unknown])[] =>
      values.map((value, index) => [`${name} ${index}`, value]);
    const sensors = [
      ['main', main],
      ['max', max],
      ['chipset', chipset],
      ...numbered('core', cores),
      ...numbered('socket', socket),
    ] as const;
    return sensors
      .map(([sensor, value]) => ({ sensor, temperature_celsius: number(value) }))
      .filter(({ temperature_celsius }) => temperature_celsius !== undefined);
  },
});
