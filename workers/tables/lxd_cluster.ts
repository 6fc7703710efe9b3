import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { openLxd } from '../host/lxd.ts';
import { flagOf, itemsOf, type Json, textOf } from '../parsers/json-fields.ts';

export const lxdCluster: Table = defineTable({
  name: 'lxd_cluster',
  description: 'The cluster that LXD is in, with what a member has to set, one row a setting.',
  needs: 'net',
  columns: {
    server_name: text(),
    enabled: integer(),
    member_config_entity: text(),
    member_config_name: text(),
    member_config_key: text(),
    member_config_value: text(),
    member_config_description: text(),
  },
  // osquery shows the last setting alone.
  async generate(query) {
    const cluster = await openLxd(query).get('/1.0/cluster');
    if (cluster === undefined) return [];
    const settings = itemsOf(cluster, 'member_config');
    return (settings.length === 0 ? [null] : settings).map((setting: Json) => ({
      server_name: textOf(cluster, 'server_name'),
      enabled: flagOf(cluster, 'enabled'),
      member_config_entity: textOf(setting, 'entity'),
      member_config_name: textOf(setting, 'name'),
      member_config_key: textOf(setting, 'key'),
      member_config_value: textOf(setting, 'value'),
      member_config_description: textOf(setting, 'description'),
    }));
  },
});
