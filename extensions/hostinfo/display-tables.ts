import { graphics } from 'systeminformation';
import { double, integer, text } from '../../protocol/table.ts';
import { flag, number, whole, words } from './cells.ts';
import { type HostTable, hostTable } from './host-table.ts';

export const graphicsControllers: HostTable = hostTable({
  name: 'si_graphics_controllers',
  description: 'Graphics cards; what their driver measures is there for NVIDIA cards with nvidia-smi.',
  columns: {
    vendor: text(),
    model: text(),
    bus: text(),
    bus_address: text(),
    driver_version: text(),
    vram_mb: integer(),
    vram_dynamic: integer(),
    memory_used_mb: integer(),
    utilization_percent: double(),
    temperature_celsius: double(),
    power_draw_watts: double(),
    fan_percent: double(),
  },
  read: () => graphics(),
  rows: ({ controllers }) =>
    controllers.map((card) => ({
      vendor: card.vendor,
      model: card.model,
      bus: card.bus,
      bus_address: words(card.busAddress),
      driver_version: words(card.driverVersion),
      vram_mb: whole(card.vram),
      vram_dynamic: flag(card.vramDynamic),
      memory_used_mb: whole(card.memoryUsed),
      utilization_percent: number(card.utilizationGpu),
      temperature_celsius: number(card.temperatureGpu),
      power_draw_watts: number(card.powerDraw),
      fan_percent: number(card.fanSpeed),
    })),
});

export const displays: HostTable = hostTable({
  name: 'si_displays',
  description: 'Screens that are connected.',
  columns: {
    vendor: text(),
    model: text(),
    serial: text(),
    connection: text(),
    main: integer(),
    builtin: integer(),
    resolution_x: integer(),
    resolution_y: integer(),
    width_cm: double(),
    height_cm: double(),
    refresh_rate_hz: double(),
    production_year: integer(),
  },
  read: () => graphics(),
  rows: (data) =>
    data.displays.map((screen) => ({
      vendor: screen.vendor,
      model: screen.model,
      serial: words(screen.serial),
      connection: words(screen.connection),
      main: flag(screen.main),
      builtin: flag(screen.builtin),
      resolution_x: whole(screen.currentResX ?? screen.resolutionX),
      resolution_y: whole(screen.currentResY ?? screen.resolutionY),
      width_cm: number(screen.sizeX),
      height_cm: number(screen.sizeY),
      refresh_rate_hz: number(screen.currentRefreshRate),
      production_year: whole(screen.productionYear),
    })),
});
