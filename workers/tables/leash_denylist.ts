import { bigint, double, integer, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const leashDenylist: Table = defineSupervisorTable({
  name: 'leash_denylist',
  description: 'Queries with strikes: denied, on probation, or watched.',
  example: "SELECT query_name, state, reason, datetime(until, 'unixepoch') AS until FROM leash_denylist;",
  columns: {
    scope: text(),
    query_name: text(),
    sql_hash: text(),
    sql: text(),
    state: text(),
    strikes: integer(),
    reason: text(),
    limit_value: double(),
    measured: double(),
    since: bigint(),
    until: bigint(),
    last_strike: bigint(),
  },
});
