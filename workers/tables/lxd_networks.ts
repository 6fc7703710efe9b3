import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { openLxd } from '../host/lxd.ts';
import { flagOf, integerOf, type Json, textOf, textsOf } from '../parsers/json-fields.ts';

export const lxdNetworks: Table = defineTable({
  name: 'lxd_networks',
  description: 'Networks that LXD knows.',
  needs: 'net',
  columns: {
    name: text(),
    type: text(),
    managed: integer(),
    ipv4_address: text(),
    ipv6_address: text(),
    used_by: text(),
    bytes_received: bigint(),
    bytes_sent: bigint(),
    packets_received: bigint(),
    packets_sent: bigint(),
    hwaddr: text(),
    state: text(),
    mtu: integer(),
  },
  async *generate(query) {
    const lxd = openLxd(query);
    for (const path of await lxd.list('/1.0/networks')) {
      const network = await lxd.get(path);
      if (network === undefined) continue;
      const state = query.uses(...stateColumns) ? await lxd.get(`${path}/state`) : undefined;
      yield {
        name: textOf(network, 'name'),
        type: textOf(network, 'type'),
        managed: flagOf(network, 'managed'),
        ipv4_address: textOf(network, 'config', 'ipv4.address'),
        ipv6_address: textOf(network, 'config', 'ipv6.address'),
        used_by: textsOf(network, 'used_by')
          .map((user) => user.replace(/^\/1\.0\/(instances|containers)\//, ''))
          .join(','),
        ...(state === undefined ? {} : stateOf(state)),
      };
    }
  },
});

const stateColumns = [
  ...(['bytes_received', 'bytes_sent', 'packets_received', 'packets_sent'] as const),
  ...(['hwaddr', 'state', 'mtu'] as const),
];

const stateOf = (state: Json) => ({
  bytes_received: integerOf(state, 'counters', 'bytes_received'),
  bytes_sent: integerOf(state, 'counters', 'bytes_sent'),
  packets_received: integerOf(state, 'counters', 'packets_received'),
  packets_sent: integerOf(state, 'counters', 'packets_sent'),
  hwaddr: textOf(state, 'hwaddr'),
  state: textOf(state, 'state'),
  mtu: integerOf(state, 'mtu'),
});
