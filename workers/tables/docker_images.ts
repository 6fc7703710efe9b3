import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { bareId, openDocker } from '../host/docker.ts';
import { integerOf, itemsOf, textOf, textsOf } from '../parsers/json-fields.ts';

export const dockerImages: Table = defineTable({
  name: 'docker_images',
  description: 'Images that Docker has.',
  needs: 'net',
  columns: {
    id: text({ collate: 'NOCASE' }),
    created: bigint(),
    size_bytes: bigint(),
    tags: text(),
  },
  async generate(query) {
    const images = itemsOf(await openDocker(query).get('/images/json'));
    return images.map((image) => ({
      id: bareId(textOf(image, 'Id')),
      created: integerOf(image, 'Created'),
      size_bytes: integerOf(image, 'Size'),
      tags: textsOf(image, 'RepoTags').join(','),
    }));
  },
});
