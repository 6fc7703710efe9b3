import { readlinkSync } from 'node:fs';
import t, { type Test } from 'tap';
import { type WorkerAnswer, WorkerProcess } from '../worker-process.ts';
import { dbId, imageId, networkId, startDocker, volumeName, webId } from './docker-double.ts';
import { unixPeer } from './peers.ts';

type Ask = (sql: string) => Promise<WorkerAnswer>;

const asking = async (t: Test, socketPath: string): Promise<Ask> => {
  const worker = await WorkerProcess.ready('net');
  t.teardown(() => void worker.child.kill('SIGKILL'));
  return (sql) => worker.query(sql, {}, [{ name: 'docker_socket', value: socketPath }]);
};

t.test('every docker table shows what the API answers', async (t) => {
  const { socketPath } = await startDocker(t, process.pid);
  const ask = await asking(t, socketPath);
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    [
      'SELECT version, api_version, min_api_version, git_commit, go_version, os, arch, kernel_version FROM docker_version',
      [['27.3.1', '1.47', '1.24', '41ca978', 'go1.22.7', 'linux', 'amd64', '6.1.0']],
    ],
    [
      'SELECT id, containers, containers_paused, memory_limit, swap_limit, cpus, memory, os, root_dir FROM docker_info',
      [['e5-f6', 2, 0, 1, 0, 2, 4_108_000_000, 'Debian', '/var/lib/docker']],
    ],
    [
      'SELECT id, name, image, image_id, command, created, state FROM docker_containers',
      [
        [webId, '/web', 'nginx:1.27', imageId, 'nginx -g off', 1_700_000_000, 'running'],
        [dbId, '/db', 'db', imageId, 'db', 1_600_000_000, 'exited'],
      ],
    ],
    [
      'SELECT pid, path, config_entrypoint, started_at, privileged, security_options, env_variables, readonly_rootfs, net_namespace FROM docker_containers',
      [
        [
          process.pid,
          '/entry.sh',
          '/entry.sh, -v',
          '2024-01-02T03:04:05.6Z',
          1,
          'a, b',
          'PATH=/bin, X=1=2',
          0,
          /\d+/.exec(readlinkSync('/proc/self/ns/net'))?.[0],
        ],
        [0, 'db', '', '', 0, '', '', 0, ''],
      ],
    ],
    [
      'SELECT * FROM docker_container_labels',
      [
        [webId, 'tier', 'front'],
        [webId, 'owner', 'me=you'],
      ],
    ],
    [
      'SELECT type, name, destination, mode, rw FROM docker_container_mounts',
      [['volume', 'data', '/data', 'z', 1]],
    ],
    [
      'SELECT name, network_id, ip_address, ip_prefix_len, mac_address FROM docker_container_networks',
      [['bridge', networkId, '172.17.0.2', 16, '02:42:AC:11:00:02']],
    ],
    [
      'SELECT port, host_ip, host_port FROM docker_container_ports',
      [
        [80, '0.0.0.0', 8080],
        [443, '', 0],
      ],
    ],
    [
      'SELECT key, value FROM docker_container_envs',
      [
        ['PATH', '/bin'],
        ['X', '1=2'],
      ],
    ],
    [
      `SELECT path, change_type FROM docker_container_fs_changes WHERE id = '${webId}'`,
      [
        ['/run', 'C'],
        ['/run/pid', 'A'],
        ['/tmp/x', 'D'],
      ],
    ],
    [
      `SELECT pid, name, cmdline, resident_size, threads, user, mem, abs(start_time + 60 - (SELECT unix_time FROM time)) < 5 FROM docker_container_processes WHERE id = '${webId}'`,
      [[42, 'nginx', 'nginx: master process', 1_024_000, 3, 'root', { real: 1.5 }, 1]],
    ],
    [
      `SELECT name, pids, read, interval, disk_read, disk_write, cpu_total_usage, memory_inactive_file, network_rx_bytes, network_tx_bytes FROM docker_container_stats WHERE id = '${webId}'`,
      [['/web', 3, 1_704_164_646, 1_000_000_001, 15, 7, 9_007_199_254, 5, 11, 22]],
    ],
    ['SELECT * FROM docker_images', [[imageId, 1_690_000_000, 187_000_000, 'nginx:1.27,nginx:latest']]],
    ['SELECT * FROM docker_image_labels', [[imageId, 'maintainer', 'x']]],
    [
      'SELECT * FROM docker_image_history',
      [[imageId, 1_690_000_000, 0, 'CMD nginx', 'nginx:1.27', 'buildkit']],
    ],
    [
      'SELECT * FROM docker_image_layers',
      [
        [imageId, 'aa', 1],
        [imageId, 'bb', 2],
      ],
    ],
    [
      'SELECT id, name, created, enable_ipv6, subnet, gateway FROM docker_networks',
      [[networkId, 'bridge', 1_704_157_445, 0, '172.17.0.0/16', '172.17.0.1']],
    ],
    ['SELECT * FROM docker_network_labels', [[networkId, 'net', 'yes']]],
    [
      'SELECT * FROM docker_volumes',
      [
        ['data', 'local', '/var/lib/docker/volumes/data/_data', 'nfs'],
        ['bare', 'local', '/m', ''],
        [volumeName, 'local', '/v', ''],
      ],
    ],
    [
      'SELECT * FROM docker_volume_labels',
      [
        ['data', 'v', '1'],
        [volumeName, 'com.docker.volume.anonymous', ''],
      ],
    ],
  ];
  for (const [sql, cells] of cases) {
    const answer = await ask(sql);
    t.equal(answer.failure, undefined, sql);
    t.strictSame(answer.cells, cells, sql);
    t.strictSame(answer.warnings, [], sql);
  }
});

t.test(
  'the beginning of an id finds its container, and nothing is asked for that no column shows',
  async (t) => {
    const { socketPath, asked } = await startDocker(t, process.pid);
    const ask = await asking(t, socketPath);
    const list = '/containers/json?all=1';
    t.strictSame((await ask("SELECT id, name FROM docker_containers WHERE id = 'A1a1'")).cells, [
      ['a1a1', '/web'],
    ]);
    t.strictSame(asked.splice(0), [list], 'no container is asked for by itself');
    t.strictSame((await ask("SELECT pid FROM docker_containers WHERE id = 'b2'")).cells, [[0]]);
    t.strictSame(asked.splice(0), [list, '/containers/b2/json?stream=false']);
  },
);

t.test('the beginning of a name that is a hash finds its volume, and of no other name', async (t) => {
  const { socketPath } = await startDocker(t, 1);
  const ask = await asking(t, socketPath);
  const mounts = async (name: string): Promise<unknown> =>
    (await ask(`SELECT name, mount_point FROM docker_volumes WHERE name = '${name}'`)).cells;
  t.strictSame(await mounts('e8e8'), [['e8e8', '/v']]);
  t.strictSame(await mounts(volumeName), [[volumeName, '/v']]);
  t.strictSame(await mounts('bare'), [['bare', '/m']]);
  t.strictSame(await mounts('ba'), [['ba', '/m']], 'which could be one');
  for (const other of ['bar', 'dat', 'E8', 'e8e8%', '', `${volumeName}e`])
    t.strictSame(await mounts(other), [], other);
  const { cells } = await ask(
    `SELECT name, key FROM docker_volume_labels WHERE name IN ('e8', 'e8e8', 'data') ORDER BY name`,
  );
  t.strictSame(cells, [
    ['data', 'v'],
    ['e8', 'com.docker.volume.anonymous'],
    ['e8e8', 'com.docker.volume.anonymous'],
  ]);
  const joined = await ask(
    'SELECT m.name, v.mount_point FROM docker_container_mounts m JOIN docker_volumes v ON v.name = m.name',
  );
  t.strictSame(joined.cells, [['data', '/var/lib/docker/volumes/data/_data']]);
});

t.test('an id in capitals is asked for as Docker knows it', async (t) => {
  const { socketPath, asked } = await startDocker(t, 1);
  const ask = await asking(t, socketPath);
  const capitals = webId.toUpperCase();
  const stats = await ask(
    `SELECT id, pids FROM docker_container_stats WHERE id IN ('${capitals}', '${webId}')`,
  );
  t.strictSame(stats.cells, [[webId, 3]]);
  t.strictSame((await ask("SELECT id, pid FROM docker_containers WHERE id = 'B2'")).cells, [['b2', 0]]);
  t.strictSame(asked, [
    `/containers/${webId}/stats?stream=false`,
    '/containers/json?all=1',
    '/containers/b2/json?stream=false',
  ]);
});

t.test('joins push ids into tables that need one', async (t) => {
  const { socketPath, asked } = await startDocker(t, process.pid);
  const ask = await asking(t, socketPath);
  const { cells, warnings } = await ask(
    'SELECT c.name, s.pids FROM docker_containers c JOIN docker_container_stats s ON s.id = c.id',
  );
  t.strictSame(cells, [['/web', 3]]);
  t.match(warnings, [/stats.*status 404/], 'the other container is gone');
  t.equal(asked.filter((path) => path.includes('/stats')).length, 2);
  const processes = await ask(
    'SELECT c.name, p.pid FROM docker_containers c JOIN docker_container_processes p ON p.id = c.id',
  );
  t.strictSame(processes.cells, [['/web', 42]]);
  t.strictSame(processes.warnings, [], 'one that does not run has no processes');
});

t.test('a container that is taken away while it is asked for has no details', async (t) => {
  const { socketPath } = await startDocker(t, 1);
  const path = `${socketPath}.2`;
  await unixPeer(t, path, (request, response) => {
    if (request.url?.startsWith('/containers/json')) response.end(`[{"Id":"${webId}","Names":["/web"]}]`);
    else response.writeHead(404).end('{}');
  });
  const gone = await (await asking(t, path))(
    'SELECT name, pid, path, privileged, net_namespace FROM docker_containers',
  );
  t.strictSame(gone.cells, [['/web', null, '', null, '']]);
  t.match(gone.warnings, [/status 404/]);
});

t.test('no docker, and one that talks nonsense, give empty tables and say why', async (t) => {
  const { socketPath } = await startDocker(t, 1);
  const nowhere = await asking(t, `${socketPath}.none`);
  const absent = await nowhere('SELECT * FROM docker_containers');
  t.match(absent, { failure: undefined, cells: [], warnings: [/docker at .*\.sock\.none: .*ENOENT/] });
  const strange = await (await asking(t, socketPath))(
    "SELECT * FROM docker_container_stats WHERE id IN ('abc', '../../version')",
  );
  t.match(strange, { cells: [], warnings: [/\/containers\/abc\/stats.* status 404/] });
  t.equal(strange.warnings.length, 1, 'what is no id is not asked for');
});

t.test('answers of a wrong shape are no rows, and never an error', async (t) => {
  const { socketPath } = await startDocker(t, 1);
  const path = `${socketPath}.2`;
  const bodies = [
    '',
    '{',
    'null',
    '[]',
    '{}',
    '[null, 1, "x", [], {}]',
    '{"Volumes": 3}',
    '[{"Id": 7, "Names": {}}]',
  ];
  let body = '';
  await unixPeer(t, path, (_, response) => response.end(body));
  const ask = await asking(t, path);
  for (const each of bodies) {
    body = each;
    for (const table of [
      'docker_containers',
      'docker_volumes',
      'docker_networks',
      'docker_images',
      'docker_info',
      'docker_image_layers',
      'docker_container_ports',
    ]) {
      const { failure } = await ask(`SELECT * FROM ${table}`);
      t.equal(failure, undefined, `${table}: ${each}`);
    }
  }
});
