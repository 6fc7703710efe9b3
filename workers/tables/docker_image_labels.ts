import { defineTable, type Table, text } from '../../protocol/table.ts';
import { imagesOf, openDocker } from '../host/docker.ts';
import { textMembersOf } from '../parsers/json-fields.ts';

export const dockerImageLabels: Table = defineTable({
  name: 'docker_image_labels',
  description: 'Labels of Docker images.',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    key: text(),
    value: text(),
  },
  async generate(query) {
    const images = await imagesOf(query, openDocker(query));
    return images.flatMap(({ id, object }) =>
      textMembersOf(object, 'Labels').map((label) => ({ id, ...label })),
    );
  },
});
