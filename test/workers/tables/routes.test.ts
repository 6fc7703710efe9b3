import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import t from 'tap';
import type { HostAddress, RowOf, Table } from '../../../protocol/table.ts';
import { routes } from '../../../workers/tables/routes.ts';
import { scan } from './run-table.ts';
import { openDoor } from './socket-tree.ts';

type Row = RowOf<Table['columns']>;

const rowsOf = (
  root: string,
  interfaces: () => NodeJS.Dict<readonly HostAddress[]> = () => ({}),
): readonly Row[] => scan(routes, { files: openDoor(root), facts: { networkInterfaces: interfaces } }).rows;

const route = [
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
  'up0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
  'up0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t1340\t0\t0',
  'down0\t0000080A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
  'gone0\t0100150A\t0100080A\t0007\t0\t0\t0\tFFFFFFFF\t0\t0\t0',
  '*\t0000160A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0',
  '',
].join('\n');
const none = '0'.repeat(32);
const ipv6_route = [
  `20010db8000800000000000000000000 40 ${none} 00 ${none} 00000100 00000001 00000000 00000001    down0`,
  `${none} 00 ${none} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003      up0`,
  `20010dba000000000000000000000000 20 ${none} 00 ${none} 00000100 00000001 00000000 00000001      up0`,
  `20010db8000800000000000000000001 80 ${none} 00 ${none} 00000000 00000001 00000000 80200001    down0`,
  `20010db8000800000000000000000000 80 ${none} 00 ${none} 00000000 00000001 00000000 00300001    down0`,
  '',
].join('\n');
const tree = {
  proc: { net: { route, ipv6_route } },
  sys: { class: { net: { up0: { carrier: '1\n' }, down0: { carrier: '0\n' } } } },
};

t.test('routes of both families in osquery’s terms', async (t) => {
  const rows = rowsOf(t.testdir(tree));
  t.strictSame(rows.map(Object.values), [
    ['0.0.0.0', 0, '192.0.2.1', '', 0, 'up0', 0, 100, 'gateway', 0],
    ['192.0.2.0', 24, '', '', 0, 'up0', 0, 0, 'gateway', 0],
    ['10.8.0.0', 24, '', '', 16, 'down0', 0, 0, 'gateway', 0],
    ['10.21.0.1', 0, '10.8.0.1', '', 0, 'gone0', 0, 0, 'gateway', 0],
    ['10.22.0.0', 16, '', '', 0, '', 0, 0, 'other', 0],
    ['2001:db8:8::', 64, '', '', 16, 'down0', 0, 256, 'gateway', 0],
    ['::', 0, 'fe80::1', '', 0, 'up0', 0, 1024, 'gateway', 0],
    ['2001:dba::', 0, '', '', 0, 'up0', 0, 256, 'gateway', 0],
    ['2001:db8:8::1', 0, '', '', 0, 'down0', 0, 0, 'local', 0],
    ['2001:db8:8::', 0, '', '', 0, 'down0', 0, 0, 'anycast', 0],
  ]);
  t.strictSame(Object.keys(rows[0] ?? {}), Object.keys(routes.columns));
});

t.test('carriers are read once each, and only for the flags', async (t) => {
  const root = t.testdir(tree);
  const lists = ['/proc/net/route', '/proc/net/ipv6_route'];
  t.strictSame(scan(routes, { root, columns: ['destination', 'type'] }).opened, lists);
  t.strictSame(scan(routes, { root, columns: ['flags'] }).opened.toSorted(), [
    lists[1],
    lists[0],
    '/sys/class/net',
    '/sys/class/net/down0/carrier',
    '/sys/class/net/up0/carrier',
  ]);
});

t.test('the trie is read for the types that it alone has', async (t) => {
  const root = t.testdir({
    proc: { net: { route, fib_trie: '     |-- 192.0.2.7\n        /32 host LOCAL\n' } },
  });
  const ofType = (...type: string[]): boolean =>
    scan(routes, { root, equals: { type } }).opened.includes('/proc/net/fib_trie');
  t.strictSame([ofType('gateway'), ofType('other', 'broadcast'), ofType('local')], [false, true, true]);
  t.match(rowsOf(root).at(-1), { destination: '192.0.2.7', type: 'local', interface: '', source: '' });
});

t.test('a host without IPv6, or without any list', async (t) => {
  t.equal(rowsOf(t.testdir({ proc: { net: { route } } })).length, 5);
  t.strictSame(rowsOf(t.testdir({})), []);
});

/** A route as `ip -json -details route` tells it. */
interface IpRoute {
  readonly type: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly metric?: number;
  readonly table?: string;
  readonly protocol: string;
  readonly prefsrc?: string;
  readonly flags: readonly string[];
  readonly nexthops?: readonly { readonly gateway: string; readonly dev: string }[];
}

const ourTypes: Readonly<Record<string, string>> = {
  unicast: 'gateway',
  local: 'local',
  broadcast: 'broadcast',
  anycast: 'anycast',
};

/** What the table should make of a route that `ip` tells; of the next hops of IPv4 the first. */
const expectedOf = (told: IpRoute, isIpv6: boolean): unknown[][] => {
  const [address = '', length = isIpv6 ? '128' : '32'] =
    told.dst === 'default' ? [isIpv6 ? '::' : '0.0.0.0', '0'] : told.dst.split('/');
  const hops = told.nexthops ?? [told];
  return (isIpv6 ? hops : hops.slice(0, 1)).map(({ gateway = '', dev = '' }) => [
    address,
    length === '32' || length === '128' ? 0 : Number(length),
    gateway,
    // The source of a route that somebody else made is not known, and of one to a peer neither.
    told.protocol === 'kernel' && (told.type !== 'unicast' || length !== '32') ? (told.prefsrc ?? '') : '',
    told.flags.includes('linkdown') ? 16 : 0,
    dev,
    told.metric ?? 0,
    ourTypes[told.type] ?? 'other',
  ]);
};

const comparable = (rows: readonly (readonly unknown[])[]): string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

const ownColumns = ({
  destination,
  netmask,
  gateway,
  source,
  flags,
  interface: name,
  metric,
  type,
}: Row): unknown[] => [destination, netmask, gateway, source, flags, name, metric, type];

const isMain = (table: string | undefined): boolean => table === undefined || table === 'main';

const told = (ipv4: string, ipv6: string, downs: readonly string[] = []): unknown[][] => {
  const parse = (text: string): IpRoute[] => JSON.parse(text === '' ? '[]' : text);
  return [
    // /proc/net/route lists no multicast routes, and of other tables than main only what is the host's own is known.
    ...parse(ipv4)
      .filter(({ type }) => type !== 'multicast')
      .filter(({ type, table }) => isMain(table) || type === 'local' || type === 'broadcast')
      // An address of an interface that is down is known, but not whose it is.
      .map((each) => (downs.includes(each.dev ?? '') ? { ...each, dev: '', prefsrc: '' } : each))
      .flatMap((each) => expectedOf(each, false)),
    ...parse(ipv6).flatMap((each) => expectedOf(each, true)),
  ];
};

const ipv4Command = ['-4', '-j', '-d', 'route', 'show', 'table', 'all'];
const ipv6Command = ['-6', '-j', '-d', 'route', 'show', 'table', 'all'];
const ip = (args: readonly string[]): string => spawnSync('ip', args, { encoding: 'utf8' }).stdout;
const noIp = spawnSync('ip', ['-j', 'route']).status !== 0 && 'needs ip (iproute2) with JSON';

t.test('agrees with ip route about this host', { skip: noIp }, async (t) => {
  const links: readonly { ifname: string; flags: string[] }[] = JSON.parse(ip(['-j', 'link']));
  const downs = links.filter(({ flags }) => !flags.includes('UP')).map(({ ifname }) => ifname);
  const before = told(ip(ipv4Command), ip(ipv6Command), downs);
  t.strictSame(comparable(rowsOf('/', networkInterfaces).map(ownColumns)), comparable(before));
});

/** Prints, after a mark each, the files that the table reads and what `ip` says, in a network of its own. */
const ownNetwork = `
set -e
mount -t sysfs sysfs /sys
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
ip link set lo up
for pair in up down; do
  ip link add \${pair}0 type veth peer name \${pair}1
  for side in 0 1; do ip link set $pair$side addrgenmode none; done
  ip link set \${pair}0 up
done
ip link set up1 up
ip addr add 10.9.0.2/24 dev up0; ip -6 addr add 2001:db8:9::2/64 dev up0 nodad
ip addr add 10.8.0.1/24 dev down0; ip -6 addr add 2001:db8:8::1/64 dev down0 nodad
ip addr add 10.9.0.3/24 dev up0; ip addr add 10.7.0.1/25 brd + dev up0 label up0:1
ip addr add 10.6.0.1 peer 10.6.0.2 dev up0
ip route add default via 10.9.0.1 src 10.9.0.2
ip route add 10.40.0.0/16 via 10.9.0.1 table 100
ip route add 10.20.0.0/16 via 10.9.0.1 mtu 1400 metric 7
ip route add 10.21.0.1 via 10.9.0.1 advmss 1300
ip route add 10.24.0.0/16 nexthop via 10.9.0.5 dev up0 nexthop via 10.9.0.6 dev up0
ip route add multicast 239.1.0.0/16 dev up0
ip -6 route add default nexthop via 2001:db8:9::5 dev up0 nexthop via 2001:db8:9::6 dev up0
ip -6 route add 2001:db8:21::1 via fe80::5 dev up0 metric 50
ip -6 route add 2001:dba::/32 via 2001:db8:9::1
ip -6 route add 2001:db8:30::/48 via 2001:db8:9::1 table 100
for kind in unreachable blackhole prohibit throw; do
  number=$((number + 1))
  ip route add $kind 10.3$number.0.0/16
  ip -6 route add $kind 2001:db8:4$number::/48
done
cd /proc/net; cat route; echo ====; cat fib_trie; echo ====; cat ipv6_route; echo ====
cd /sys/class/net; cat up0/carrier; echo ====
for name in carrier flags operstate; do cat down0/$name; echo ====; done
"$NODE" -p 'JSON.stringify(os.networkInterfaces())'; echo ====
ip ${ipv4Command.join(' ')}; echo ====
ip ${ipv6Command.join(' ')}
`;

const made = spawnSync('unshare', ['-n', '-m', 'sh', '-c', ownNetwork], {
  encoding: 'utf8',
  env: { ...process.env, NODE: process.execPath },
});
const noNetwork = noIp || (made.status !== 0 && 'needs a network namespace of its own (root)');

t.test('agrees with ip route about routes of every kind', { skip: noNetwork }, async (t) => {
  const [route = '', fib_trie = '', ipv6_route = '', up0 = '', ...more] = made.stdout.split('====\n');
  const [carrier = '', flags = '', operstate = '', interfaces = '', ipv4 = '', ipv6 = ''] = more;
  const root = t.testdir({
    proc: { net: { route, fib_trie, ipv6_route } },
    sys: { class: { net: { up0: { carrier: up0 }, down0: { carrier, flags, operstate } } } },
  });
  const rows = rowsOf(root, () => JSON.parse(interfaces)).map(ownColumns);
  t.strictSame(comparable(rows), comparable(told(ipv4, ipv6)));
  t.ok(rows.length >= 20, `${rows.length} routes`);
  t.ok(
    rows.some(([, , , , flags]) => flags === 16),
    'one of them without a carrier',
  );
});
