import { bigint, integer, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const osquerySchedule: Table = defineSupervisorTable({
  name: 'osquery_schedule',
  description: 'Scheduled queries with what their runs cost so far.',
  example: 'SELECT name, interval, executions, average_memory, denylisted FROM osquery_schedule;',
  columns: {
    name: text(),
    query: text(),
    interval: integer(),
    executions: bigint(),
    last_executed: bigint(),
    denylisted: integer({ aliases: ['blacklisted'] }),
    output_size: bigint(),
    wall_time: bigint(),
    wall_time_ms: bigint(),
    last_wall_time_ms: bigint(),
    user_time: bigint(),
    last_user_time: bigint(),
    system_time: bigint(),
    last_system_time: bigint(),
    average_memory: bigint(),
    last_memory: bigint(),
    // Leash's own, hidden so that SELECT * gives what osquery's users know.
    skipped: bigint({ hidden: true }),
    deferred: bigint({ hidden: true }),
    last_start_drift_ms: bigint({ hidden: true }),
    last_failure: text({ hidden: true }),
    limits: text({ hidden: true }),
  },
});
