import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { imagesOf, openDocker } from '../host/docker.ts';
import { integerOf, itemsOf, textOf, textsOf } from '../parsers/json-fields.ts';

export const dockerImageHistory: Table = defineTable({
  name: 'docker_image_history',
  description: 'How Docker images came to be, step by step.',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    created: bigint(),
    size: bigint(),
    created_by: text(),
    tags: text(),
    comment: text(),
  },
  async *generate(query) {
    const docker = openDocker(query);
    for (const { id } of await imagesOf(query, docker)) {
      for (const step of itemsOf(await docker.get(`/images/${id}/history`))) {
        yield {
          id,
          created: integerOf(step, 'Created'),
          size: integerOf(step, 'Size'),
          created_by: textOf(step, 'CreatedBy'),
          tags: textsOf(step, 'Tags').join(','),
          comment: textOf(step, 'Comment'),
        };
      }
    }
  },
});
