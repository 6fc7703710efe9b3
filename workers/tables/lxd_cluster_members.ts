import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { openLxd } from '../host/lxd.ts';
import { flagOf, textOf } from '../parsers/json-fields.ts';

export const lxdClusterMembers: Table = defineTable({
  name: 'lxd_cluster_members',
  description: 'Members of the cluster that LXD is in.',
  needs: 'net',
  columns: {
    server_name: text(),
    url: text(),
    database: integer(),
    status: text(),
    message: text(),
  },
  async *generate(query) {
    const lxd = openLxd(query);
    for (const path of await lxd.list('/1.0/cluster/members')) {
      const member = await lxd.get(path);
      if (member === undefined) continue;
      yield {
        server_name: textOf(member, 'server_name'),
        url: textOf(member, 'url'),
        database: flagOf(member, 'database'),
        status: textOf(member, 'status'),
        message: textOf(member, 'message'),
      };
    }
  },
});
