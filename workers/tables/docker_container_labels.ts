import { defineTable, type Table, text } from '../../protocol/table.ts';
import { containersOf, openDocker } from '../host/docker.ts';
import { textMembersOf } from '../parsers/json-fields.ts';

export const dockerContainerLabels: Table = defineTable({
  name: 'docker_container_labels',
  description: 'Labels of Docker containers.',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    key: text({ index: true }),
    value: text(),
  },
  async generate(query) {
    const containers = await containersOf(query, openDocker(query));
    return containers.flatMap(({ id, object }) =>
      textMembersOf(object, 'Labels').map((label) => ({ id, ...label })),
    );
  },
});
