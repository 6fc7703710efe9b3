import { defineTable, type Table, text } from '../../protocol/table.ts';
import { openDocker } from '../host/docker.ts';
import { itemsOf, textOf } from '../parsers/json-fields.ts';

export const dockerVolumes: Table = defineTable({
  name: 'docker_volumes',
  description: 'Volumes of Docker.',
  needs: 'net',
  columns: {
    name: text({ index: true }),
    driver: text(),
    mount_point: text(),
    type: text(),
  },
  async generate(query) {
    const volumes = itemsOf(await openDocker(query).get('/volumes'), 'Volumes');
    return volumes.map((volume) => ({
      name: textOf(volume, 'Name'),
      driver: textOf(volume, 'Driver'),
      mount_point: textOf(volume, 'Mountpoint'),
      type: textOf(volume, 'Options', 'type'),
    }));
  },
});
