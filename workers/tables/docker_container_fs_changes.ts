import { defineTable, type Table, text } from '../../protocol/table.ts';
import { askedIds, openDocker } from '../host/docker.ts';
import { integerOf, itemsOf, textOf } from '../parsers/json-fields.ts';

export const dockerContainerFsChanges: Table = defineTable({
  name: 'docker_container_fs_changes',
  description: 'Files that a Docker container added, changed or deleted.',
  needs: 'net',
  columns: {
    id: text({ index: true, required: true, collate: 'NOCASE' }),
    path: text(),
    change_type: text(),
  },
  async *generate(query) {
    const docker = openDocker(query);
    for (const id of askedIds(query.equals('id'))) {
      for (const change of itemsOf(await docker.get(`/containers/${id}/changes`))) {
        const change_type = kinds[integerOf(change, 'Kind')] ?? '';
        yield { id, path: textOf(change, 'Path'), change_type };
      }
    }
  },
});

/** Changed, added, deleted: the API's 0, 1 and 2. */
const kinds: readonly string[] = ['C', 'A', 'D'];
