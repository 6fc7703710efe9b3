import { bigint, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const leashWorkerHistory: Table = defineSupervisorTable({
  name: 'leash_worker_history',
  description: 'Worker processes that ended since the supervisor began, newest first, with the cause.',
  example: 'SELECT cause, count(*) AS workers FROM leash_worker_history GROUP BY cause;',
  columns: {
    pid: bigint(),
    start_ticks: bigint(),
    cause: text(),
    exit_code: bigint(),
    signal: text(),
    query_name: text(),
    queries: bigint(),
    started_time: bigint(),
    ended_time: bigint(),
  },
});
