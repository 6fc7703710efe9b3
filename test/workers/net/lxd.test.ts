import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type WorkerAnswer, WorkerProcess } from '../worker-process.ts';
import { unixPeer } from './peers.ts';

const fingerprint = 'a1'.repeat(32);

/** Content of the answers in the shape of LXD's API 1.0, by path. */
const answers: Readonly<Record<string, unknown>> = {
  '/1.0/certificates': [`/1.0/certificates/${fingerprint}`, 'http://elsewhere/'],
  [`/1.0/certificates/${fingerprint}`]: {
    name: 'me',
    type: 'client',
    fingerprint,
    certificate: '-----BEGIN',
  },
  '/1.0/cluster': {
    server_name: 'one',
    enabled: true,
    member_config: [
      { entity: 'storage-pool', name: 'local', key: 'source', value: '/dev/sdb', description: 'a device' },
      { entity: 'network', name: 'lxdbr0', key: 'parent', description: '' },
    ],
  },
  '/1.0/cluster/members': ['/1.0/cluster/members/one', '/1.0/cluster/members/gone'],
  '/1.0/cluster/members/one': {
    server_name: 'one',
    url: 'https://10.0.0.1:8443',
    database: true,
    status: 'Online',
    message: 'fully operational',
  },
  '/1.0/images': [`/1.0/images/${fingerprint}`],
  [`/1.0/images/${fingerprint}`]: {
    fingerprint,
    architecture: 'x86_64',
    properties: { os: 'Ubuntu', release: 'noble', description: 'Ubuntu 24.04' },
    aliases: [{ name: 'noble', description: '' }, { name: 'lts' }],
    filename: 'noble.squashfs',
    size: 300_000_000,
    auto_update: true,
    cached: false,
    public: false,
    created_at: '2024-04-25T00:00:00Z',
    expires_at: '2029-05-31T00:00:00Z',
    uploaded_at: '2024-05-01T00:00:00Z',
    last_used_at: '0001-01-01T00:00:00Z',
    update_source: {
      server: 'https://images.example',
      protocol: 'simplestreams',
      certificate: '',
      alias: 'noble',
    },
  },
  '/1.0/containers': ['/1.0/containers/web', '/1.0/containers/db'],
  '/1.0/containers/web': {
    name: 'web',
    status: 'Running',
    stateful: false,
    ephemeral: true,
    created_at: '2024-05-01T00:00:00Z',
    config: { 'volatile.base_image': fingerprint, 'limits.memory': '1GiB', number: 3 },
    expanded_devices: {
      eth0: { type: 'nic', network: 'lxdbr0' },
      root: { type: 'disk', path: '/', pool: 'default' },
    },
  },
  '/1.0/containers/web/state': { pid: 4242, processes: 17 },
  '/1.0/containers/web/metadata': {
    properties: { architecture: 'x86_64', os: 'Ubuntu', description: 'Ubuntu 24.04' },
  },
  '/1.0/containers/db': { name: 'db', status: 'Stopped', stateful: true },
  '/1.0/networks': ['/1.0/networks/lxdbr0', '/1.0/networks/eth0'],
  '/1.0/networks/lxdbr0': {
    name: 'lxdbr0',
    type: 'bridge',
    managed: true,
    config: { 'ipv4.address': '10.1.2.1/24', 'ipv6.address': 'none' },
    used_by: ['/1.0/instances/web', '/1.0/containers/db', '/1.0/profiles/default'],
  },
  '/1.0/networks/lxdbr0/state': {
    hwaddr: '00:16:3e:00:00:01',
    state: 'up',
    mtu: 1500,
    counters: { bytes_received: 1, bytes_sent: 2, packets_received: 3, packets_sent: 4 },
  },
  '/1.0/networks/eth0': { name: 'eth0', type: 'physical', managed: false, config: {}, used_by: [] },
  '/1.0/storage-pools': ['/1.0/storage-pools/default'],
  '/1.0/storage-pools/default': {
    name: 'default',
    driver: 'zfs',
    config: { source: '/dev/sdb', size: '30GiB' },
  },
  '/1.0/storage-pools/default/resources': { space: { used: 10, total: 100 }, inodes: { used: 1, total: 9 } },
};

interface Lxd {
  readonly ask: (sql: string) => Promise<WorkerAnswer>;
  readonly asked: string[];
}

/** A daemon behind a unix socket, and a worker that is told of it. */
const startLxd = async (t: Test, bodies: Readonly<Record<string, unknown>> = answers): Promise<Lxd> => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-lxd-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const socketPath = join(directory, 'unix.socket');
  const asked: string[] = [];
  await unixPeer(t, socketPath, (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const metadata = bodies[path];
    if (metadata === undefined)
      response.writeHead(404).end('{"type":"error","error":"Not Found","error_code":404}');
    else response.end(JSON.stringify({ type: 'sync', status: 'Success', status_code: 200, metadata }));
  });
  const worker = await WorkerProcess.ready('net');
  t.teardown(() => void worker.child.kill('SIGKILL'));
  return { asked, ask: (sql) => worker.query(sql, {}, [{ name: 'lxd_socket', value: socketPath }]) };
};

t.test('every lxd table shows what the API answers', async (t) => {
  const { ask } = await startLxd(t);
  const web = [
    'web',
    'Running',
    0,
    1,
    '2024-05-01T00:00:00Z',
    fingerprint,
    'x86_64',
    'Ubuntu',
    'Ubuntu 24.04',
    4242,
    17,
  ];
  const image = [
    ...[
      fingerprint,
      'x86_64',
      'Ubuntu',
      'noble',
      'Ubuntu 24.04',
      'noble,lts',
      'noble.squashfs',
      300_000_000,
      1,
      0,
      0,
    ],
    ...['2024-04-25T00:00:00Z', '2029-05-31T00:00:00Z', '2024-05-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ...['https://images.example', 'simplestreams', '', 'noble'],
  ];
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ['SELECT * FROM lxd_certificates', [['me', 'client', fingerprint, '-----BEGIN']]],
    [
      'SELECT * FROM lxd_cluster',
      [
        ['one', 1, 'storage-pool', 'local', 'source', '/dev/sdb', 'a device'],
        ['one', 1, 'network', 'lxdbr0', 'parent', '', ''],
      ],
    ],
    ['SELECT * FROM lxd_images', [image]],
    ["SELECT id, os FROM lxd_images WHERE id = 'none'", []],
    [`SELECT id, os FROM lxd_images WHERE id = '${fingerprint.toUpperCase()}'`, [[fingerprint, 'Ubuntu']]],
    ["SELECT * FROM lxd_instances WHERE name = 'web'", [web]],
    [
      'SELECT name, stateful FROM lxd_instances',
      [
        ['web', 0],
        ['db', 1],
      ],
    ],
    [
      "SELECT * FROM lxd_instance_config WHERE name = 'web'",
      [
        ['web', 'volatile.base_image', fingerprint],
        ['web', 'limits.memory', '1GiB'],
      ],
    ],
    [
      "SELECT * FROM lxd_instance_devices WHERE name = 'web'",
      [
        ['web', 'eth0', 'nic', 'network', 'lxdbr0'],
        ['web', 'root', 'disk', 'path', '/'],
        ['web', 'root', 'disk', 'pool', 'default'],
      ],
    ],
    [
      'SELECT * FROM lxd_networks',
      [
        [
          'lxdbr0',
          'bridge',
          1,
          '10.1.2.1/24',
          'none',
          'web,db,/1.0/profiles/default',
          1,
          2,
          3,
          4,
          '00:16:3e:00:00:01',
          'up',
          1500,
        ],
        ['eth0', 'physical', 0, '', '', '', null, null, null, null, '', '', null],
      ],
    ],
    ['SELECT * FROM lxd_storage_pools', [['default', 'zfs', '/dev/sdb', '30GiB', 10, 100, 1, 9]]],
    [
      'SELECT server_name, url, database, status FROM lxd_cluster_members',
      [['one', 'https://10.0.0.1:8443', 1, 'Online']],
    ],
  ];
  for (const [sql, cells] of cases) {
    const answer = await ask(sql);
    t.strictSame([answer.cells, answer.failure], [cells, undefined], sql);
  }
});

t.test('nothing is asked for that no column shows, nor what can be no name', async (t) => {
  const { ask, asked } = await startLxd(t);
  await ask('SELECT name FROM lxd_instances');
  await ask('SELECT name FROM lxd_networks');
  await ask('SELECT name FROM lxd_storage_pools');
  t.notOk(asked.some((path) => /state|metadata|resources/.test(path)));
  asked.length = 0;
  for (const name of ['..', '../images', 'a/b', 'a b', 'a?b', '.'])
    t.strictSame((await ask(`SELECT * FROM lxd_instance_config WHERE name = '${name}'`)).cells, []);
  t.strictSame(asked, []);
  t.match((await ask('SELECT * FROM lxd_instance_devices')).failure, { reason: 'missing_required' });
});

t.test('no daemon, one that is gone for a part, and answers of a wrong shape', async (t) => {
  const { ask } = await startLxd(t, {
    '/1.0/containers': ['/1.0/containers/x', 3, null],
    '/1.0/containers/x': [],
    '/1.0/images': { a: 1 },
    '/1.0/cluster': 'x',
  });
  const { cells, failure, warnings } = await ask('SELECT name, pid FROM lxd_instances');
  t.match(
    [cells, failure, warnings],
    [[['', null]], undefined, [/lxd at .* answered \/1.0\/containers\/x\/state with status 404/]],
  );
  for (const table of [
    'lxd_images',
    'lxd_cluster',
    'lxd_networks',
    'lxd_certificates',
    'lxd_storage_pools',
    'lxd_cluster_members',
  ])
    t.equal((await ask(`SELECT * FROM ${table}`)).failure, undefined, table);
  const nowhere = await WorkerProcess.ready('net');
  t.teardown(() => void nowhere.child.kill('SIGKILL'));
  const flags = [{ name: 'lxd_socket', value: '/nonexistent/unix.socket' }];
  t.match(await nowhere.query('SELECT * FROM lxd_networks', {}, flags), {
    cells: [],
    warnings: [/ENOENT/],
    failure: undefined,
  });
});
