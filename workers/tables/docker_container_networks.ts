import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { containersOf, openDocker } from '../host/docker.ts';
import { integerOf, membersOf, textOf } from '../parsers/json-fields.ts';

export const dockerContainerNetworks: Table = defineTable({
  name: 'docker_container_networks',
  description: 'Networks that Docker containers are in.',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    name: text({ index: true }),
    network_id: text({ collate: 'NOCASE' }),
    endpoint_id: text({ collate: 'NOCASE' }),
    gateway: text(),
    ip_address: text(),
    ip_prefix_len: integer(),
    ipv6_gateway: text(),
    ipv6_address: text(),
    ipv6_prefix_len: integer(),
    mac_address: text({ collate: 'NOCASE' }),
  },
  async generate(query) {
    const containers = await containersOf(query, openDocker(query));
    return containers.flatMap(({ id, object }) =>
      membersOf(object, 'NetworkSettings', 'Networks').map(([name, network]) => ({
        id,
        name,
        network_id: textOf(network, 'NetworkID'),
        endpoint_id: textOf(network, 'EndpointID'),
        gateway: textOf(network, 'Gateway'),
        ip_address: textOf(network, 'IPAddress'),
        ip_prefix_len: integerOf(network, 'IPPrefixLen'),
        ipv6_gateway: textOf(network, 'IPv6Gateway'),
        ipv6_address: textOf(network, 'GlobalIPv6Address'),
        ipv6_prefix_len: integerOf(network, 'GlobalIPv6PrefixLen'),
        mac_address: textOf(network, 'MacAddress'),
      })),
    );
  },
});
