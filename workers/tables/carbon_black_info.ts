import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { type IniSection, parseIni } from '../parsers/ini.ts';

const directory = '/var/lib/cb';
/** Files that wait to be sent, by what they hold. */
const binaryNames = ['filedata', 'metadata', 'data', 'info.txt'];
const eventName = /^(events(\..*)?|active-event\.log|eventlog_.*)$/;

/** Some settings exist on other platforms only: on Linux the sensor has no file for them, and they are 0. */
const elsewhere = {
  collect_data_file_writes: 0,
  collect_process_user_context: 0,
  collect_sensor_operations: 0,
  log_file_disk_quota_mb: 0,
  log_file_disk_quota_percentage: 0,
  protection_disabled: 0,
} as const;

export const carbonBlackInfo: Table = defineTable({
  name: 'carbon_black_info',
  aliases: ['cb_info'],
  description: 'Settings of the sensor of Carbon Black, and bytes that it has yet to send.',
  columns: {
    sensor_id: integer(),
    config_name: text(),
    collect_store_files: integer(),
    collect_module_loads: integer(),
    collect_module_info: integer(),
    collect_file_mods: integer(),
    collect_reg_mods: integer(),
    collect_net_conns: integer(),
    collect_processes: integer(),
    collect_cross_processes: integer(),
    collect_emet_events: integer(),
    collect_data_file_writes: integer(),
    collect_process_user_context: integer(),
    collect_sensor_operations: integer(),
    log_file_disk_quota_mb: integer(),
    log_file_disk_quota_percentage: integer(),
    protection_disabled: integer(),
    sensor_ip_addr: text(),
    sensor_backend_server: text(),
    event_queue: integer(),
    binary_queue: integer(),
  },
  *generate(query) {
    const { files } = query;
    // Without a sensor there is nothing to tell.
    if (files.stat(directory) === undefined) return;
    const settings = parseIni(files.readText(`${directory}/sensorsettings.ini`) ?? '').find(
      ({ name }) => name.toUpperCase() === 'CB',
    );
    yield {
      sensor_id: sensorId(files.readText(`${directory}/sensor.id`, 'latin1')),
      ...(settings === undefined ? undefined : { ...settingsOf(settings), ...elsewhere }),
      ...(query.uses('event_queue', 'binary_queue') ? queues(files) : undefined),
    };
  },
});

/** Sixteen hexadecimal digits, of which the last five are the sensor's own number. */
const sensorId = (content: string | undefined): number | undefined => {
  const digits = /^[0-9a-f]{11}([0-9a-f]{5})$/i.exec(content ?? '')?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
};

const settingsOf = ({ options }: IniSection) => {
  // osquery's way to say that a setting is not there.
  const number = (name: string): number | undefined => {
    const value = options.get(name.toLowerCase()) ?? '-1';
    return /^-?\d{1,9}$/.test(value) ? Number(value) : undefined;
  };
  return {
    config_name: options.get('configname')?.replaceAll('%20', ' '),
    collect_store_files: number('CollectStoreFiles'),
    collect_module_loads: number('CollectModuleLoads'),
    collect_module_info: number('CollectModuleInfo'),
    collect_file_mods: number('CollectFileMods'),
    collect_reg_mods: number('CollectRegMods'),
    collect_net_conns: number('CollectNetConns'),
    // In osquery it is always 0.
    collect_processes: number('CollectProcesses'),
    collect_cross_processes: number('CollectCrossProcess'),
    collect_emet_events: number('CollectEmetEvents'),
    sensor_backend_server: options.get('sensorbackendserver')?.replaceAll('%3A', ':'),
  };
};

/** Sizes of what waits, in bytes. Links are not gone into, so the walk ends. */
const queues = (files: HostFiles): { readonly event_queue: number; readonly binary_queue: number } => {
  let [event_queue, binary_queue] = [0, 0];
  const waiting = [directory];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const { name, kind } of files.entries(at) ?? []) {
      const path = `${at}/${name}`;
      if (kind === 'directory') waiting.push(path);
      else if (binaryNames.includes(name)) binary_queue += Number(files.stat(path)?.size_bytes ?? 0);
      else if (eventName.test(name)) event_queue += Number(files.stat(path)?.size_bytes ?? 0);
    }
  }
  return { event_queue, binary_queue };
};
