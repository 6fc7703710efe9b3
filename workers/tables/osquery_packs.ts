import { integer, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const osqueryPacks: Table = defineSupervisorTable({
  name: 'osquery_packs',
  description:
    'Packs of the config, the schedule as `main` among them, and whether they are for this host; `discovery_cache_hits` are seconds in which the schedule went by an answer that was there. A shell runs no discovery queries.',
  columns: {
    name: text(),
    platform: text(),
    version: text({ collate: 'VERSION' }),
    shard: integer(),
    discovery_cache_hits: integer(),
    discovery_executions: integer(),
    active: integer(),
  },
});
