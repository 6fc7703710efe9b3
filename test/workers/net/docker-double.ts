import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { unixPeer } from './peers.ts';

export const webId: string = 'a1'.repeat(32);
export const dbId: string = 'b2'.repeat(32);
export const imageId: string = 'c3'.repeat(32);
export const networkId: string = 'd4'.repeat(32);
/** Of a volume that got no name. */
export const volumeName: string = 'e8'.repeat(32);

/** Answers in the shape of the Docker Engine API 1.47, by path. `pid` is the process of the one that runs. */
const answersOf = (pid: number): Readonly<Record<string, unknown>> => ({
  '/version': {
    Version: '27.3.1',
    ApiVersion: '1.47',
    MinAPIVersion: '1.24',
    GitCommit: '41ca978',
    GoVersion: 'go1.22.7',
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion: '6.1.0',
    BuildTime: '2024-09-20T11:41:11.000000000+00:00',
  },
  '/info': {
    ID: 'e5-f6',
    Containers: 2,
    ContainersRunning: 1,
    ContainersStopped: 1,
    Images: 1,
    Driver: 'overlay2',
    MemoryLimit: true,
    SwapLimit: false,
    NCPU: 2,
    MemTotal: 4_108_000_000,
    OperatingSystem: 'Debian',
    DockerRootDir: '/var/lib/docker',
    Name: 'host',
  },
  '/containers/json?all=1': [
    {
      Id: webId,
      Names: ['/web'],
      Image: 'nginx:1.27',
      ImageID: `sha256:${imageId}`,
      Command: 'nginx -g off',
      Created: 1_700_000_000,
      State: 'running',
      Status: 'Up 2 hours',
      Labels: { tier: 'front', owner: 'me=you' },
      Ports: [
        { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
        { PrivatePort: 443, Type: 'tcp' },
      ],
      Mounts: [
        {
          Type: 'volume',
          Name: 'data',
          Source: '/var/lib/docker/volumes/data/_data',
          Destination: '/data',
          Driver: 'local',
          Mode: 'z',
          RW: true,
          Propagation: '',
        },
      ],
      NetworkSettings: {
        Networks: {
          bridge: {
            NetworkID: networkId,
            EndpointID: 'e7',
            Gateway: '172.17.0.1',
            IPAddress: '172.17.0.2',
            IPPrefixLen: 16,
            IPv6Gateway: '',
            GlobalIPv6Address: '',
            GlobalIPv6PrefixLen: 0,
            MacAddress: '02:42:AC:11:00:02',
          },
        },
      },
    },
    {
      Id: dbId,
      Names: ['/db'],
      Image: 'db',
      ImageID: `sha256:${imageId}`,
      Command: 'db',
      Created: 1_600_000_000,
      State: 'exited',
      Status: 'Exited (0)',
      Labels: null,
      Ports: [],
      Mounts: [],
      NetworkSettings: { Networks: {} },
    },
  ],
  [`/containers/${webId}/json?stream=false`]: {
    Path: '/entry.sh',
    State: { Pid: pid, StartedAt: '2024-01-02T03:04:05.6Z', FinishedAt: '0001-01-01T00:00:00Z' },
    HostConfig: { Privileged: true, ReadonlyRootfs: false, SecurityOpt: ['a', 'b'] },
    Config: { Env: ['PATH=/bin', 'X=1=2'], Entrypoint: ['/entry.sh', '-v'] },
  },
  [`/containers/${dbId}/json?stream=false`]: {
    Path: 'db',
    State: { Pid: 0 },
    HostConfig: {},
    Config: { Env: null },
  },
  // Docker finds a container by the beginning of its id.
  '/containers/b2/json?stream=false': { State: { Pid: 0 } },
  [`/containers/${webId}/changes`]: [
    { Path: '/run', Kind: 0 },
    { Path: '/run/pid', Kind: 1 },
    { Path: '/tmp/x', Kind: 2 },
  ],
  [`/containers/${webId}/top`]: {
    Titles: [],
    Processes: [
      [
        '42',
        'S',
        '0',
        '0',
        '0',
        '0',
        '0',
        '0',
        '1000',
        '2000',
        '60',
        '1',
        '42',
        '3',
        '0',
        'root',
        '00:00:01',
        '0.5',
        '1.5',
        'nginx',
        'nginx: master process',
      ],
      // As Docker's machine on other systems answers, whatever fields it is asked for.
      ['43', 'root', '0:00', 'nginx'],
    ],
  },
  [`/containers/${webId}/stats?stream=false`]: {
    name: '/web',
    read: '2024-01-02T03:04:06.500000001Z',
    preread: '2024-01-02T03:04:05.500000000Z',
    pids_stats: { current: 3 },
    num_procs: 0,
    blkio_stats: {
      io_service_bytes_recursive: [
        { op: 'read', value: 10 },
        { op: 'Read', value: 5 },
        { op: 'write', value: 7 },
      ],
    },
    cpu_stats: {
      cpu_usage: { total_usage: 9_007_199_254, usage_in_kernelmode: 1, usage_in_usermode: 2 },
      system_cpu_usage: 3,
      online_cpus: 2,
    },
    precpu_stats: { cpu_usage: { total_usage: 4 } },
    memory_stats: { usage: 100, max_usage: 200, limit: 300, stats: { inactive_file: 5 } },
    networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
  },
  '/images/json': [
    {
      Id: `sha256:${imageId}`,
      Created: 1_690_000_000,
      Size: 187_000_000,
      RepoTags: ['nginx:1.27', 'nginx:latest'],
      Labels: { maintainer: 'x' },
    },
  ],
  [`/images/${imageId}/history`]: [
    {
      Id: 'h1',
      Created: 1_690_000_000,
      CreatedBy: 'CMD nginx',
      Tags: ['nginx:1.27'],
      Size: 0,
      Comment: 'buildkit',
    },
  ],
  [`/images/${imageId}/json`]: { RootFS: { Layers: ['sha256:aa', 'sha256:bb'] } },
  '/networks': [
    {
      Id: networkId,
      Name: 'bridge',
      Driver: 'bridge',
      Created: '2024-01-02T03:04:05.123456789+02:00',
      EnableIPv6: false,
      IPAM: { Config: [{ Subnet: '172.17.0.0/16', Gateway: '172.17.0.1' }] },
      Labels: { net: 'yes' },
    },
  ],
  '/volumes': {
    Volumes: [
      {
        Name: 'data',
        Driver: 'local',
        Mountpoint: '/var/lib/docker/volumes/data/_data',
        Options: { type: 'nfs' },
        Labels: { v: '1' },
      },
      { Name: 'bare', Driver: 'local', Mountpoint: '/m', Options: null, Labels: null },
      { Name: volumeName, Driver: 'local', Mountpoint: '/v', Labels: { 'com.docker.volume.anonymous': '' } },
    ],
  },
});

/** A Docker daemon of this test behind a unix socket. */
export interface DockerDouble {
  readonly socketPath: string;
  /** Paths that were asked for. */
  readonly asked: string[];
}

export const startDocker = async (t: Test, pid: number): Promise<DockerDouble> => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-docker-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const socketPath = join(directory, 'docker.sock');
  const answers = answersOf(pid);
  const asked: string[] = [];
  await unixPeer(t, socketPath, (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path] ?? answers[path.replace(/\?ps_args=.*/, '')];
    response.setHeader('content-type', 'application/json');
    if (path.startsWith(`/containers/${dbId}/top`)) response.writeHead(409).end('{"message":"not running"}');
    else if (answer === undefined) response.writeHead(404).end('{"message":"no such thing"}');
    else response.end(JSON.stringify(answer));
  });
  return { socketPath, asked };
};
