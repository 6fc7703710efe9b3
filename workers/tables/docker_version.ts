import { defineTable, type Table, text } from '../../protocol/table.ts';
import { openDocker } from '../host/docker.ts';
import { textOf } from '../parsers/json-fields.ts';

export const dockerVersion: Table = defineTable({
  name: 'docker_version',
  description: 'Versions of the Docker daemon.',
  needs: 'net',
  cacheable: true,
  columns: {
    version: text({ collate: 'VERSION' }),
    api_version: text({ collate: 'VERSION' }),
    min_api_version: text({ collate: 'VERSION' }),
    git_commit: text(),
    go_version: text({ collate: 'VERSION' }),
    os: text(),
    arch: text(),
    kernel_version: text({ collate: 'VERSION' }),
    build_time: text(),
  },
  async generate(query) {
    const answer = await openDocker(query).get('/version');
    if (answer === undefined) return [];
    return [
      {
        version: textOf(answer, 'Version'),
        api_version: textOf(answer, 'ApiVersion'),
        min_api_version: textOf(answer, 'MinAPIVersion'),
        git_commit: textOf(answer, 'GitCommit'),
        go_version: textOf(answer, 'GoVersion'),
        os: textOf(answer, 'Os'),
        arch: textOf(answer, 'Arch'),
        kernel_version: textOf(answer, 'KernelVersion'),
        build_time: textOf(answer, 'BuildTime'),
      },
    ];
  },
});
