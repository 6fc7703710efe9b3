import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { bareId, imagesOf, openDocker } from '../host/docker.ts';
import { textsOf } from '../parsers/json-fields.ts';

export const dockerImageLayers: Table = defineTable({
  name: 'docker_image_layers',
  description: 'Layers of Docker images; 1 is the base.',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    layer_id: text({ collate: 'NOCASE' }),
    layer_order: integer(),
  },
  async *generate(query) {
    const docker = openDocker(query);
    for (const { id } of await imagesOf(query, docker)) {
      const layers = textsOf(await docker.get(`/images/${id}/json`), 'RootFS', 'Layers');
      yield* layers.map((layer, index) => ({ id, layer_id: bareId(layer), layer_order: index + 1 }));
    }
  },
});
