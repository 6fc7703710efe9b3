import { defineTable, type Table, text } from '../../protocol/table.ts';
import { identified, openDocker } from '../host/docker.ts';
import { itemsOf, textMembersOf } from '../parsers/json-fields.ts';

export const dockerNetworkLabels: Table = defineTable({
  name: 'docker_network_labels',
  description: 'Labels of Docker networks.',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    key: text(),
    value: text(),
  },
  async generate(query) {
    const networks = itemsOf(await openDocker(query).get('/networks'));
    return identified(networks, query.equals('id')).flatMap(({ id, object }) =>
      textMembersOf(object, 'Labels').map((label) => ({ id, ...label })),
    );
  },
});
