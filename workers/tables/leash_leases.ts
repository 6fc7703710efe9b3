import { bigint, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const leashLeases: Table = defineSupervisorTable({
  name: 'leash_leases',
  description: 'Leases that are open: which query runs where, and what it may cost.',
  columns: {
    lease_id: text(),
    query_name: text(),
    scope: text(),
    sql_hash: text(),
    lane: text(),
    pid: bigint(),
    start_ticks: bigint(),
    granted_time: bigint(),
    wall_ms: bigint(),
    cpu_ms: bigint(),
    cpu_percent: bigint(),
    cpu_window_ms: bigint(),
    memory_mb: bigint(),
    rows: bigint(),
    result_mb: bigint(),
    read_mb: bigint(),
    paths: bigint(),
  },
});
