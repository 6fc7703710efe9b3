import { bigint, integer, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const leashExtensions: Table = defineSupervisorTable({
  name: 'leash_extensions',
  description: 'Extensions with their state, what they use, and why one is not started.',
  columns: {
    name: text(),
    path: text(),
    state: text(),
    pid: bigint(),
    uuids: text(),
    registered_names: text(),
    away_tables: text(),
    socket: text(),
    unwatched: integer(),
    unsafe: text(),
    restarts: bigint(),
    started_time: bigint(),
    last_exit: text(),
    next_start: bigint(),
    refusal: text(),
    private_bytes: bigint(),
    cpu_ms: bigint(),
    processes: bigint(),
    descriptors: bigint(),
    memory_mb_limit: bigint(),
    cpu_percent_limit: bigint(),
    cpu_window_ms_limit: bigint(),
    processes_limit: bigint(),
    descriptors_limit: bigint(),
  },
});
