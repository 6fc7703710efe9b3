import { defineTable, type Table, text } from '../../protocol/table.ts';
import { openDocker } from '../host/docker.ts';
import { itemsOf, textMembersOf, textOf } from '../parsers/json-fields.ts';

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
    const volumes = itemsOf(await openDocker(query).get('/volumes'), 'Volumes');
    return volumes.flatMap((volume) =>
      textMembersOf(volume, 'Labels').map((label) => ({ name: textOf(volume, 'Name'), ...label })),
    );
  },
});
