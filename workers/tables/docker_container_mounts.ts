import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { containersOf, openDocker } from '../host/docker.ts';
import { flagOf, itemsOf, textOf } from '../parsers/json-fields.ts';

export const dockerContainerMounts: Table = defineTable({
  name: 'docker_container_mounts',
  description: 'Mounts of Docker containers.',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    type: text(),
    name: text({ index: true }),
    source: text(),
    destination: text(),
    driver: text(),
    mode: text(),
    rw: integer(),
    propagation: text(),
  },
  async generate(query) {
    const containers = await containersOf(query, openDocker(query));
    return containers.flatMap(({ id, object }) =>
      itemsOf(object, 'Mounts').map((mount) => ({
        id,
        type: textOf(mount, 'Type'),
        name: textOf(mount, 'Name'),
        source: textOf(mount, 'Source'),
        destination: textOf(mount, 'Destination'),
        driver: textOf(mount, 'Driver'),
        mode: textOf(mount, 'Mode'),
        rw: flagOf(mount, 'RW'),
        propagation: textOf(mount, 'Propagation'),
      })),
    );
  },
});
