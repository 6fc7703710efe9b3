import type { Table } from '../../protocol/table.ts';
import { cpuTime } from './cpu_time.ts';
import { groups } from './groups.ts';
import { interfaceAddresses } from './interface_addresses.ts';
import { interfaceDetails } from './interface_details.ts';
import { leashActors } from './leash_actors.ts';
import { leashDenylist } from './leash_denylist.ts';
import { leashLeases } from './leash_leases.ts';
import { leashVerdicts } from './leash_verdicts.ts';
import { leashWorkers } from './leash_workers.ts';
import { loadAverage } from './load_average.ts';
import { loggedInUsers } from './logged_in_users.ts';
import { memoryInfo } from './memory_info.ts';
import { osVersion } from './os_version.ts';
import { osqueryFlags } from './osquery_flags.ts';
import { osqueryInfo } from './osquery_info.ts';
import { osquerySchedule } from './osquery_schedule.ts';
import { systemInfo } from './system_info.ts';
import { time } from './time.ts';
import { uptime } from './uptime.ts';
import { users } from './users.ts';

/** Every built-in table, in alphabetical order. */
export const tables: readonly Table[] = [
  cpuTime,
  groups,
  interfaceAddresses,
  interfaceDetails,
  leashActors,
  leashDenylist,
  leashLeases,
  leashVerdicts,
  leashWorkers,
  loadAverage,
  loggedInUsers,
  memoryInfo,
  osVersion,
  osqueryFlags,
  osqueryInfo,
  osquerySchedule,
  systemInfo,
  time,
  uptime,
  users,
];
