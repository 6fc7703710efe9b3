import { bigint, double, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const leashLimits: Table = defineSupervisorTable({
  name: 'leash_limits',
  description: 'Limits of scheduled queries in force for their next run, and the place that each comes from.',
  example: "SELECT query_name, limit_name, limit_value FROM leash_limits WHERE origin = 'override';",
  columns: {
    query_name: text(),
    limit_name: text(),
    limit_value: double(),
    origin: text(),
    config_value: double(),
    override_until: bigint(),
  },
});
