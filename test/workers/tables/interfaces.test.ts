import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import t from 'tap';
import { interfaceAddresses } from '../../../workers/tables/interface_addresses.ts';
import { interfaceDetails } from '../../../workers/tables/interface_details.ts';
import { fixture, scan, tree } from './run-table.ts';

const root = fixture('debian-12');
t.test('details of a virtio card, a PCI card, loopback and a tunnel', async (t) => {
  const rows = scan(interfaceDetails, { root }).rows.toSorted((a, b) =>
    String(a.interface).localeCompare(String(b.interface)),
  );
  t.strictSame(
    rows.map((row) => [row.interface, row.mac, row.type, row.mtu, row.flags, row.link_speed, row.pci_slot]),
    [
      ['enp2s0', 'aa:bb:cc:dd:ee:ff', 1, 9000, 0x1002, 0, '0000:02:00.0'],
      ['ens3', '52:54:00:12:34:56', 1, 1500, 0x11043, 0, '0000:00:03.0'],
      ['lo', '00:00:00:00:00:00', 772, 65536, 0x10049, 0, '-1'],
      ['tun0', '00:00:00:00:00:00', 65534, 1500, 0x110d1, 10, ''],
    ],
  );
  t.match(
    rows.find((row) => row.interface === 'ens3'),
    {
      metric: 0,
      ipackets: 61000n,
      opackets: 45000n,
      ibytes: 5000000000n,
      obytes: 52342345n,
      ierrors: 1n,
      oerrors: 4n,
      idrops: 7n,
      odrops: 5n,
      collisions: 6n,
      last_change: -1,
    },
  );
});

t.test('only the files of the columns in use are opened', async (t) => {
  const opened = (...columns: string[]): readonly string[] =>
    scan(interfaceDetails, { root, columns }).opened;
  t.strictSame(opened('interface', 'metric'), ['/sys/class/net']);
  t.strictSame(opened('ibytes', 'obytes'), ['/proc/net/dev', '/sys/class/net']);
  t.strictSame(
    opened('mtu').filter((path) => !path.endsWith('/mtu')),
    ['/sys/class/net'],
  );
});

t.test('the bus of a card is named as its driver names it', async (t) => {
  const devices = {
    'pci0000:00': {
      '0000:00:03.0': { virtio1: {} },
      '0000:00:14.0': { usb1: { '1-1': { '1-1.2': { '1-1.2:1.0': {} } } } },
    },
    platform: { 'fe300000.ethernet': {}, 'a003e00.virtio_mmio': { virtio0: {} } },
  };
  const card = (path: string) => ({ device: t.fixture('symlink', `../../../devices/${path}`) });
  const net = {
    usb0: card('pci0000:00/0000:00:14.0/usb1/1-1/1-1.2/1-1.2:1.0'),
    eth0: card('pci0000:00/0000:00:03.0/virtio1'),
    eth1: card('platform/fe300000.ethernet'),
    eth2: card('platform/a003e00.virtio_mmio/virtio0'),
    gone0: card('platform/nothing-here'),
  };
  const root = tree(t, { sys: { devices, class: { net } } });
  const { rows } = scan(interfaceDetails, { root, columns: ['interface', 'pci_slot'] });
  t.strictSame(Object.fromEntries(rows.map((row) => [String(row.interface), row.pci_slot])), {
    usb0: 'usb-0000:00:14.0-1.2',
    eth0: '0000:00:03.0',
    eth1: 'fe300000.ethernet',
    eth2: 'a003e00.virtio_mmio',
    gone0: '',
  });
});

t.test('hardware addresses of other lengths become six octets', async (t) => {
  const sys = (address: string): object => ({ sys: { class: { net: { x0: { address } } } } });
  for (const [written, expected] of [
    ['0a:00:00:01\n', '0a:00:00:01:00:00'],
    ['80:00:02:08:fe:80:00:00:00:00\n', '80:00:02:08:fe:80'],
    ['\n', '00:00:00:00:00:00'],
    ['no address\n', '00:00:00:00:00:00'],
  ] as const) {
    const root = t.testdir(sys(written) as Record<string, never>);
    t.match(scan(interfaceDetails, { root, columns: ['mac'] }).rows, [{ mac: expected }]);
  }
});

interface IpLink {
  readonly ifname: string;
  readonly mtu: number;
  readonly address?: string;
  readonly flags: readonly string[];
  readonly stats64?: { readonly rx: { readonly packets: number }; readonly tx: { readonly errors: number } };
  readonly addr_info: readonly {
    readonly local: string;
    readonly prefixlen: number;
    readonly family: string;
    readonly broadcast?: string;
  }[];
}

const ip = spawnSync('ip', ['-j', '-s', 'addr'], { encoding: 'utf8' });
const skip = ip.status !== 0 && 'needs ip (iproute2) with JSON';

t.test('agrees with ip addr', { skip }, async (t) => {
  const links: IpLink[] = JSON.parse(ip.stdout);
  const details = scan(interfaceDetails, { root: '/' }).rows;
  const addresses = scan(interfaceAddresses, { root: '/', facts: { networkInterfaces } }).rows;
  t.strictSame(details.map((row) => row.interface).toSorted(), links.map(({ ifname }) => ifname).toSorted());
  for (const link of links) {
    const row = details.find((detail) => detail.interface === link.ifname);
    const flags = Number(row?.flags);
    t.match(row, { mtu: link.mtu, mac: link.address ?? '00:00:00:00:00:00' }, link.ifname);
    t.equal((flags & 0x1) !== 0, link.flags.includes('UP'), `${link.ifname} up`);
    t.equal((flags & 0x2) !== 0, link.flags.includes('BROADCAST'), `${link.ifname} broadcast`);
    t.equal((flags & 0x10000) !== 0, link.flags.includes('LOWER_UP'), `${link.ifname} lower up`);
    t.equal((flags & 0x41) === 0x1, link.flags.includes('NO-CARRIER'), `${link.ifname} running`);
    // An IPv4 address without a net of others belongs to no interface that a file tells.
    if (!link.flags.includes('UP')) continue;
    const here = addresses.filter((row) => row.interface === link.ifname);
    t.strictSame(
      here.map((row) => String(row.address).split('%')[0]).toSorted(),
      link.addr_info.map(({ local }) => local).toSorted(),
    );
    for (const { local, broadcast } of link.addr_info) {
      if (broadcast !== undefined)
        t.match(
          here.find((row) => row.address === local),
          { broadcast },
        );
    }
  }
});

// The kernel's ethtool interface (linux/ethtool.h): ETHTOOL_GDRVINFO is 3, ETHTOOL_GSET is 1.
const ethtool = `
import ctypes, fcntl, json, os, socket, struct
control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
def ask(name, command, size):
    answer = ctypes.create_string_buffer(size)
    struct.pack_into('I', answer, 0, command)
    try: fcntl.ioctl(control, 0x8946, struct.pack('16sP16x', name.encode(), ctypes.addressof(answer)))
    except OSError: return None
    return answer.raw
told = {}
for name in os.listdir('/sys/class/net'):
    if not os.path.isdir('/sys/class/net/' + name): continue
    info, link = ask(name, 3, 196), ask(name, 1, 44)
    speed = 0 if link is None else struct.unpack_from('H', link, 12)[0] | struct.unpack_from('H', link, 28)[0] << 16
    bus = '-1' if info is None else info[100:132].split(b'\\0')[0].decode()
    told[name] = [0 if speed == 0xffffffff else speed, bus]
print(json.dumps(told))
`;
const asked = spawnSync('python3', ['-c', ethtool], { encoding: 'utf8' });

t.test('agrees with ethtool', { skip: asked.status !== 0 && 'needs python3' }, async (t) => {
  const told: Record<string, readonly [number, string]> = JSON.parse(asked.stdout);
  const { rows } = scan(interfaceDetails, { root: '/' });
  for (const { interface: name, flags, link_speed, pci_slot } of rows) {
    const [known, bus] = told[String(name)] ?? [];
    // Of an interface that is down sysfs tells no speed.
    const speed = (Number(flags) & 0x1) === 0 ? 0 : known;
    t.equal(link_speed, speed, `speed of ${name}`);
    // Older kernels leave to the driver of a card whether it tells its place.
    if (bus === '' && existsSync(`/sys/class/net/${name}/device`)) continue;
    // What drivers of interfaces without a card put there is told in the table's comment.
    t.equal(pci_slot, /^(N\/A|tun|tap)$/.test(bus ?? '') ? '' : bus, `bus of ${name}`);
  }
});
