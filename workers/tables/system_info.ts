import { bigint, defineTable, integer, type Table, type TableQuery, text } from '../../protocol/table.ts';
import { hardwareNames, hardwareUuid } from '../host/identity.ts';
import { machineName } from '../host/machine.ts';
import { parseCpuinfo } from '../parsers/cpuinfo.ts';
import { canonicalHostName, parseEtcHosts } from '../parsers/etc-hosts.ts';
import { parseMeminfo } from '../parsers/meminfo.ts';

/**
 * `hostname` and `local_hostname` are the canonical name, with its domain. osquery asks getaddrinfo(3) for it, which goes on to
 * DNS; here /etc/hosts alone is asked. Of several boards osquery shows the last one, here it is the first, the main board.
 */
export const systemInfo: Table = defineTable({
  name: 'system_info',
  description:
    'This machine: its names, processors, memory and hardware. `hostname` has its domain where /etc/hosts tells it.',
  example: 'SELECT hostname, cpu_brand, physical_memory FROM system_info;',
  columns: {
    hostname: text(),
    uuid: text({ collate: 'NOCASE' }),
    cpu_type: text(),
    cpu_subtype: text(),
    cpu_brand: text(),
    cpu_physical_cores: integer(),
    cpu_logical_cores: integer(),
    cpu_sockets: integer(),
    cpu_microcode: text(),
    physical_memory: bigint(),
    hardware_vendor: text(),
    hardware_model: text(),
    hardware_version: text(),
    hardware_serial: text(),
    board_vendor: text(),
    board_model: text(),
    board_version: text(),
    board_serial: text(),
    computer_name: text(),
    local_hostname: text(),
    emulated_cpu_type: text({ hidden: true }),
  },
  *generate(query) {
    const { files } = query;
    const computer_name = query.uses('hostname', 'computer_name', 'local_hostname')
      ? files.readText('/proc/sys/kernel/hostname')?.trim()
      : undefined;
    const hostname = query.uses('hostname', 'local_hostname')
      ? canonicalName(files, computer_name)
      : undefined;
    yield {
      hostname,
      computer_name,
      local_hostname: hostname,
      uuid: query.uses('uuid') ? hostUuid(query) : undefined,
      cpu_type: query.uses('cpu_type') ? machineName(files) : undefined,
      ...(query.uses(...processorColumns) ? processors(files) : undefined),
      physical_memory: query.uses('physical_memory')
        ? parseMeminfo(files.readText('/proc/meminfo') ?? '').get('MemTotal')
        : undefined,
      ...(query.uses(...hardwareColumns) ? hardwareNames(files) : undefined),
    };
  },
});

const processorColumns = [
  'cpu_subtype',
  'cpu_brand',
  'cpu_physical_cores',
  'cpu_logical_cores',
  'cpu_sockets',
  'cpu_microcode',
] as const;

const hardwareColumns = [
  'hardware_vendor',
  'hardware_model',
  'hardware_version',
  'hardware_serial',
  'board_vendor',
  'board_model',
  'board_version',
  'board_serial',
] as const;

interface Processors {
  readonly cpu_subtype: string;
  readonly cpu_brand: string | undefined;
  readonly cpu_physical_cores: number | undefined;
  readonly cpu_logical_cores: number | undefined;
  readonly cpu_sockets: number | undefined;
  readonly cpu_microcode: string | undefined;
}

const processors = (files: TableQuery['files']): Processors | undefined => {
  const content = files.readText('/proc/cpuinfo');
  if (content === undefined) return undefined;
  const { logical, physical, sockets, brand, model, microcode } = parseCpuinfo(content);
  return {
    cpu_subtype: model ?? '0',
    cpu_brand: brand,
    // ARM does not tell cores from threads here; it has one thread a core almost everywhere.
    cpu_physical_cores: physical ?? (logical || undefined),
    cpu_logical_cores: logical || undefined,
    cpu_sockets: sockets,
    cpu_microcode: microcode,
  };
};

const canonicalName = (files: TableQuery['files'], name: string | undefined): string | undefined =>
  name && (canonicalHostName(parseEtcHosts(files.readText('/etc/hosts') ?? ''), name) ?? name);

/** The firmware's UUID, else the one that the supervisor made once and keeps. */
const hostUuid = (query: Pick<TableQuery, 'files' | 'askSupervisor'>): string | undefined => {
  const uuid = hardwareUuid(query.files) ?? query.askSupervisor('osquery_info')[0]?.uuid;
  return typeof uuid === 'string' ? uuid : undefined;
};
