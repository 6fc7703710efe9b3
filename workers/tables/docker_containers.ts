import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { bareId, containersOf, openDocker } from '../host/docker.ts';
import { flagOf, integerOf, textOf, textsOf } from '../parsers/json-fields.ts';

export const dockerContainers: Table = defineTable({
  name: 'docker_containers',
  description:
    'Docker containers, running or not (osquery lists those that run, unless it is asked for an id).',
  example: 'SELECT name, image, state, status FROM docker_containers WHERE privileged = 1;',
  needs: 'net',
  columns: {
    id: text({ index: true, collate: 'NOCASE' }),
    name: text({ index: true }),
    image: text(),
    image_id: text({ collate: 'NOCASE' }),
    command: text(),
    created: bigint(),
    state: text(),
    status: text(),
    pid: bigint(),
    path: text(),
    config_entrypoint: text(),
    started_at: text(),
    finished_at: text(),
    privileged: integer(),
    security_options: text(),
    env_variables: text(),
    readonly_rootfs: integer(),
    cgroup_namespace: text(),
    ipc_namespace: text(),
    mnt_namespace: text(),
    net_namespace: text(),
    pid_namespace: text(),
    user_namespace: text(),
    uts_namespace: text(),
  },
  async *generate(query) {
    const docker = openDocker(query);
    for (const { id, object } of await containersOf(query, docker)) {
      const row = {
        id,
        name: textsOf(object, 'Names')[0],
        image: textOf(object, 'Image'),
        image_id: bareId(textOf(object, 'ImageID')),
        command: textOf(object, 'Command'),
        created: integerOf(object, 'Created'),
        state: textOf(object, 'State'),
        status: textOf(object, 'Status'),
      };
      const details = query.uses(...detailColumns)
        ? await docker.get(`/containers/${id}/json?stream=false`)
        : undefined;
      // What a container that was taken away meanwhile was like is not known.
      if (details === undefined) yield row;
      else {
        const pid = integerOf(details, 'State', 'Pid');
        yield {
          ...row,
          pid,
          path: textOf(details, 'Path'),
          config_entrypoint: textsOf(details, 'Config', 'Entrypoint').join(', '),
          started_at: textOf(details, 'State', 'StartedAt'),
          finished_at: textOf(details, 'State', 'FinishedAt'),
          privileged: flagOf(details, 'HostConfig', 'Privileged'),
          security_options: textsOf(details, 'HostConfig', 'SecurityOpt').join(', '),
          env_variables: textsOf(details, 'Config', 'Env').join(', '),
          readonly_rootfs: flagOf(details, 'HostConfig', 'ReadonlyRootfs'),
          ...namespacesOf(query.files, pid),
        };
      }
    }
  },
});

/** A container that does not run has pid 0 and no namespaces. */
const namespacesOf = (
  files: HostFiles,
  pid: number,
): Record<`${(typeof namespaces)[number]}_namespace`, string> => {
  const numberOf = (name: string): string =>
    pid === 0 ? '' : (/\d+/.exec(files.readLink(`/proc/${pid}/ns/${name}`) ?? '')?.[0] ?? '');
  return {
    cgroup_namespace: numberOf('cgroup'),
    ipc_namespace: numberOf('ipc'),
    mnt_namespace: numberOf('mnt'),
    net_namespace: numberOf('net'),
    pid_namespace: numberOf('pid'),
    user_namespace: numberOf('user'),
    uts_namespace: numberOf('uts'),
  };
};

/** Namespaces of a process that the table shows (namespaces(7)). */
const namespaces = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] as const;

/** Columns for which a container is asked for by itself. */
const detailColumns = [
  ...(['pid', 'path', 'config_entrypoint', 'started_at', 'finished_at', 'privileged'] as const),
  ...(['security_options', 'env_variables', 'readonly_rootfs'] as const),
  ...namespaces.map((name) => `${name}_namespace` as const),
];
