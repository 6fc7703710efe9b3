import { defineTable, type Table, text } from '../../protocol/table.ts';
import { openDocker, volumesOf } from '../host/docker.ts';
import { textOf } from '../parsers/json-fields.ts';

export const dockerVolumes: Table = defineTable({
  name: 'docker_volumes',
  description: 'Volumes of Docker; one that got no name is found by the beginning of the hash that names it.',
  needs: 'net',
  columns: {
    name: text({ index: true }),
    driver: text(),
    mount_point: text(),
    type: text(),
  },
  async generate(query) {
    const volumes = await volumesOf(query, openDocker(query));
    return volumes.map(({ name, volume }) => ({
      name,
      driver: textOf(volume, 'Driver'),
      mount_point: textOf(volume, 'Mountpoint'),
      type: textOf(volume, 'Options', 'type'),
    }));
  },
});
