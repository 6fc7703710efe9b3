import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { containersOf, openDocker } from '../host/docker.ts';
import { integerOf, itemsOf, textOf } from '../parsers/json-fields.ts';

export const dockerContainerPorts: Table = defineTable({
  name: 'docker_container_ports',
  description: 'Ports that Docker containers offer.',
  needs: 'net',
  columns: {
    id: text({ additional: true, collate: 'NOCASE' }),
    type: text(),
    port: integer(),
    host_ip: text(),
    host_port: integer(),
  },
  async generate(query) {
    const containers = await containersOf(query, openDocker(query));
    return containers.flatMap(({ id, object }) =>
      itemsOf(object, 'Ports').map((port) => ({
        id,
        type: textOf(port, 'Type'),
        port: integerOf(port, 'PrivatePort'),
        host_ip: textOf(port, 'IP'),
        host_port: integerOf(port, 'PublicPort'),
      })),
    );
  },
});
