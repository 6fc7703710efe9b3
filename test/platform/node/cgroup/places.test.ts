import t from 'tap';
import { cgroupPlaces } from '../../../../platform/node/cgroup/places.ts';

const mount = (root: string, point: string, type: string, options: string): string =>
  `30 23 0:26 ${root} ${point} rw,nosuid shared:9 - ${type} ${type} ${options}`;

t.test('version 2 under systemd', async (t) => {
  t.strictSame(
    cgroupPlaces(
      '0::/system.slice/leashd.service\n',
      mount('/', '/sys/fs/cgroup', 'cgroup2', 'rw,nsdelegate'),
    ),
    { version: 2, directory: '/sys/fs/cgroup/system.slice/leashd.service' },
  );
});

t.test('version 1: every controller where it is mounted, joined ones in one place', async (t) => {
  const cgroup = '8:pids:/\n5:cpu,cpuacct:/a\n4:memory:/user slice\n1:name=systemd:/x\n';
  const mounts = [
    mount('/', '/sys/fs/cgroup/pids', 'cgroup', 'rw,pids'),
    mount('/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'rw,cpu,cpuacct'),
    mount('/', '/mnt/with\\040blank', 'cgroup', 'rw,memory'),
  ].join('\n');
  t.strictSame(cgroupPlaces(cgroup, mounts), {
    version: 1,
    directories: {
      memory: '/mnt/with blank/user slice',
      cpu: '/sys/fs/cgroup/cpu,cpuacct/a',
      pids: '/sys/fs/cgroup/pids',
    },
  });
});

t.test('on a host with both, the controllers of version 1 count', async (t) => {
  const mounts = [
    mount('/', '/sys/fs/cgroup/unified', 'cgroup2', 'rw'),
    mount('/', '/sys/fs/cgroup/memory', 'cgroup', 'rw,memory'),
  ].join('\n');
  t.match(cgroupPlaces('4:memory:/\n0::/x\n', mounts), { version: 1 });
  const named = [mounts.split('\n')[0], mount('/', '/sys/fs/cgroup/systemd', 'cgroup', 'rw,name=systemd')];
  t.match(cgroupPlaces('1:name=systemd:/x\n0::/x\n', named.join('\n')), {
    version: 2,
    directory: '/sys/fs/cgroup/unified/x',
  });
});

t.test('in a container the mount shows a part of the hierarchy', async (t) => {
  const part = mount('/docker/abc', '/sys/fs/cgroup', 'cgroup2', 'rw');
  t.match(cgroupPlaces('0::/docker/abc/work\n', part), { directory: '/sys/fs/cgroup/work' });
  t.match(cgroupPlaces('0::/docker/abc\n', part), { directory: '/sys/fs/cgroup' });
  t.match(
    cgroupPlaces('0::/docker/abcd\n', part),
    { directory: '/sys/fs/cgroup' },
    'a longer name is not below it',
  );
});

t.test('nothing is made of nothing', async (t) => {
  for (const [cgroup, mounts] of [
    ['', ''],
    ['0::/x\n', ''],
    ['', mount('/', '/sys/fs/cgroup', 'cgroup2', 'rw')],
    ['garbage', 'garbage - \n - '],
  ] as const) {
    t.equal(cgroupPlaces(cgroup, mounts), undefined);
  }
});
