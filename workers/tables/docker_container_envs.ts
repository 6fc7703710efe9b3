import { defineTable, type Table, text } from '../../protocol/table.ts';
import { containersOf, openDocker } from '../host/docker.ts';
import { textsOf } from '../parsers/json-fields.ts';

export const dockerContainerEnvs: Table = defineTable({
  name: 'docker_container_envs',
  description: 'Environment variables of Docker containers.',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    key: text(),
    value: text(),
  },
  async *generate(query) {
    const docker = openDocker(query);
    for (const { id } of await containersOf(query, docker)) {
      const details = await docker.get(`/containers/${id}/json?stream=false`);
      for (const variable of textsOf(details, 'Config', 'Env')) {
        const [key = '', ...value] = variable.split('=');
        yield { id, key, value: value.join('=') };
      }
    }
  },
});
