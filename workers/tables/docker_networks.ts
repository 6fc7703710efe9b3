import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { identified, openDocker } from '../host/docker.ts';
import { flagOf, itemsOf, textOf } from '../parsers/json-fields.ts';
import { parseRfc3339 } from '../parsers/rfc3339.ts';

/** `created` goes by the zone that Docker writes, which osquery takes for the host's own. */
export const dockerNetworks: Table = defineTable({
  name: 'docker_networks',
  description: 'Networks of Docker.',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    name: text(),
    driver: text(),
    created: bigint(),
    enable_ipv6: integer(),
    subnet: text(),
    gateway: text(),
  },
  async generate(query) {
    const networks = itemsOf(await openDocker(query).get('/networks'));
    return identified(networks, query.equals('id')).map(({ id, object }) => {
      const [first] = itemsOf(object, 'IPAM', 'Config');
      return {
        id,
        name: textOf(object, 'Name'),
        driver: textOf(object, 'Driver'),
        created: (parseRfc3339(textOf(object, 'Created')) ?? 0n) / 1_000_000_000n,
        enable_ipv6: flagOf(object, 'EnableIPv6'),
        subnet: textOf(first, 'Subnet'),
        gateway: textOf(first, 'Gateway'),
      };
    });
  },
});
