import { bigint, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const leashWorkers: Table = defineSupervisorTable({
  name: 'leash_workers',
  description: 'Worker processes with their state and cost.',
  example: 'SELECT pid, profile, state, private_bytes FROM leash_workers;',
  columns: {
    pid: bigint(),
    start_ticks: bigint(),
    profile: text(),
    state: text(),
    lane: text(),
    query_name: text(),
    started_time: bigint(),
    queries: bigint(),
    private_bytes: bigint(),
    baseline_bytes: bigint(),
    cpu_ms: bigint(),
    restarts: bigint(),
    last_cause: text(),
    last_exit: text(),
  },
});
