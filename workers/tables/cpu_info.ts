import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { machineName } from '../host/machine.ts';
import { smbiosOfType } from '../host/smbios.ts';
import { parseCpuinfo } from '../parsers/cpuinfo.ts';
import { type SmbiosStructure, smbiosString } from '../parsers/smbios.ts';
import { smbiosByte, smbiosWord } from '../parsers/smbios-numbers.ts';

const processorType = 4;
/** What SMBIOS 2.0 has of a processor. */
const length_bytes = 0x1a;
/** Cores, threads and the width of an address came with SMBIOS 2.5. */
const withCores_bytes = 0x28;
const is64Bit = 1 << 2;

/** What osquery calls a processor of each type (DSP0134, table 22); others have no name. */
const kinds: ReadonlyMap<number | undefined, string> = new Map([
  [3, 'CPU'],
  [4, 'MATH'],
  [5, 'DSP'],
  [6, 'GPU'],
]);

export const cpuInfo: Table = defineTable({
  name: 'cpu_info',
  description: 'Processor sockets of the main board, as the firmware describes them. Clock speeds in MHz.',
  example: 'SELECT model, number_of_cores, logical_processors FROM cpu_info;',
  columns: {
    device_id: text(),
    model: text(),
    manufacturer: text(),
    processor_type: text(),
    cpu_status: integer(),
    number_of_cores: text(),
    logical_processors: integer(),
    address_width: text(),
    current_clock_speed: integer(),
    max_clock_speed: integer(),
    socket_designation: text(),
    availability: text({ hidden: true }),
    load_percentage: integer({ hidden: true }),
    number_of_efficiency_cores: integer({ hidden: true }),
    number_of_performance_cores: integer({ hidden: true }),
  },
  *generate({ files }) {
    let named = 0;
    let kernelCores: Cores | undefined;
    for (const socket of smbiosOfType(files, processorType, length_bytes)) {
      const name = (offset: number): string => smbiosString(socket, offset).trimEnd();
      const type = smbiosByte(socket, 0x05);
      const kind = kinds.get(type);
      const device_id = kind === undefined ? undefined : `${kind}${named}`;
      if (kind !== undefined) named += 1;
      const cores = coresOf(socket);
      if (cores === undefined) kernelCores ??= coresByKernel(files);
      yield {
        device_id,
        socket_designation: name(0x04),
        manufacturer: name(0x07),
        model: name(0x10),
        processor_type: String(type),
        cpu_status: smbiosByte(socket, 0x18),
        ...(cores ?? kernelCores),
        current_clock_speed: smbiosWord(socket, 0x16),
        max_clock_speed: smbiosWord(socket, 0x14),
      };
    }
  },
});

interface Cores {
  readonly number_of_cores: string;
  readonly logical_processors: number | undefined;
  readonly address_width: string;
}

const coresOf = (socket: SmbiosStructure): Cores | undefined =>
  socket.formatted.length < withCores_bytes
    ? undefined
    : {
        number_of_cores: String(count(socket, 0x23, 0x2a)),
        logical_processors: count(socket, 0x25, 0x2e),
        address_width: ((smbiosWord(socket, 0x26) ?? 0) & is64Bit) === 0 ? '32' : '64',
      };

/** What the kernel says of every socket, for firmware that is too old to tell. */
const coresByKernel = (files: HostFiles): Cores => {
  const { logical, physical = logical, sockets = 1 } = parseCpuinfo(files.readText('/proc/cpuinfo') ?? '');
  const machine = machineName(files);
  return {
    number_of_cores: logical === 0 ? '' : String(Math.ceil(physical / sockets)),
    logical_processors: logical === 0 ? undefined : Math.ceil(logical / sockets),
    address_width: machine === undefined ? '' : machine.endsWith('64') ? '64' : '32',
  };
};

/** A count of one byte; 255 sends to the word that SMBIOS 3.0 has for more (DSP0134, 7.5), where osquery stays at 255. */
const count = (socket: SmbiosStructure, byteOffset: number, wordOffset: number): number | undefined => {
  const few = smbiosByte(socket, byteOffset);
  return few === 0xff ? (smbiosWord(socket, wordOffset) ?? few) : few;
};
