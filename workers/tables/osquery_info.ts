import { integer, type Table, text } from '../../protocol/table.ts';
import { defineSupervisorTable } from '../host/supervisor-table.ts';

export const osqueryInfo: Table = defineSupervisorTable({
  name: 'osquery_info',
  description: 'The daemon itself: version, identity and configuration.',
  example: 'SELECT version, config_valid, start_time FROM osquery_info;',
  columns: {
    pid: integer(),
    uuid: text({ collate: 'NOCASE' }),
    instance_id: text(),
    version: text({ collate: 'VERSION' }),
    config_hash: text({ collate: 'NOCASE' }),
    config_valid: integer(),
    extensions: text(),
    build_platform: text(),
    build_distro: text(),
    start_time: integer(),
    watcher: integer(),
    platform_mask: integer(),
  },
});
