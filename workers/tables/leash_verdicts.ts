import { bigint, double, integer, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const leashVerdicts: Table = defineSupervisorTable({
  name: 'leash_verdicts',
  description:
    'Judgements about queries and extensions that broke a limit, newest first, with what was measured.',
  example:
    "SELECT query_name, reason, limit_value, measured, datetime(time, 'unixepoch') AS at FROM leash_verdicts ORDER BY time DESC LIMIT 5;",
  columns: {
    verdict_id: text(),
    subject: text(),
    lease_id: text(),
    query_name: text(),
    scope: text(),
    sql_hash: text(),
    sql: text(),
    pid: bigint(),
    kind: text(),
    reason: text(),
    limit_value: double(),
    measured: double(),
    strike: integer(),
    journalled: integer(),
    time: bigint(),
  },
});
