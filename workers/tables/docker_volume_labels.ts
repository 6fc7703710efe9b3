import { defineTable, type Table, text } from '../../protocol/table.ts';
import { openDocker, volumesOf } from '../host/docker.ts';
import { textMembersOf } from '../parsers/json-fields.ts';

export const dockerVolumeLabels: Table = defineTable({
  name: 'docker_volume_labels',
  description: 'Labels of Docker volumes.',
  needs: 'net',
  columns: {
    name: text({ index: true }),
    key: text({ index: true }),
    value: text(),
  },
  async generate(query) {
    const volumes = await volumesOf(query, openDocker(query));
    return volumes.flatMap(({ name, volume }) =>
      textMembersOf(volume, 'Labels').map((label) => ({ name, ...label })),
    );
  },
});
