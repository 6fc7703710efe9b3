import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, type TableQuery, text } from '../../protocol/table.ts';
import { interfaceAddressesOf } from '../host/interface-addresses.ts';
import { interfaceAttribute } from '../host/interfaces.ts';
import { ownRoutes, type SourcedRoute } from '../host/own-routes.ts';
import { parseFibTrie } from '../parsers/fib-trie.ts';
import { parseProcNetIpv6Route } from '../parsers/proc-net-ipv6-route.ts';
import { parseProcNetRoute } from '../parsers/proc-net-route.ts';
import type { Route } from '../parsers/route.ts';

/** RTNH_F_LINKDOWN (linux/rtnetlink.h), a flag of a route whose interface has no carrier. */
const linkDown = 16;

const columns = {
  destination: text(),
  netmask: integer(),
  gateway: text(),
  source: text(),
  flags: integer(),
  interface: text(),
  mtu: integer(),
  metric: integer(),
  type: text({ additional: true }),
  hopcount: integer(),
} as const;

/**
 * The routes of this network namespace. osquery asks the kernel over netlink, which no worker can, so that this is
 * what /proc/net/route, fib_trie and ipv6_route tell, in osquery's terms. What they do not tell:
 *
 * - `source` (the preferred source address) is known of the routes that came with an address: to the address itself, to
 *   its net and to its broadcasts, of which the first address in a net is the source. Others have none.
 * - `mtu` and `hopcount` are 0, what osquery shows for a route that sets none; one that does shows 0 too. (The MTU
 *   in /proc/net/route is the advertised segment size, another setting.)
 * - `flags` holds `linkdown` (16), which follows from the carrier, and no other of the kernel's flags.
 * - IPv4 routes of the types local and broadcast are those of every table, others of main alone; multicast ones are
 *   missing. A local or broadcast route that came with no address of an interface that is up has no interface.
 * - A route with several next hops has its first in IPv4 and a row for each in IPv6; osquery shows none of them.
 *
 * `netmask` is a prefix length, 0 for the lengths 32 and 128, in either family, as in osquery.
 */
export const routes: Table = defineTable({
  name: 'routes',
  description: 'Routes to networks and hosts; of IPv4 those of table main, and those to the host itself.',
  example: "SELECT destination, gateway, interface FROM routes WHERE type = 'gateway';",
  cacheable: true,
  columns,
  *generate(query) {
    const { files } = query;
    const hasNoCarrier = carrierReader(files);
    const usesFlags = query.uses('flags');
    for (const route of allRoutes(query)) {
      const { destination, prefixLength, gateway, source, metric, type } = route;
      yield {
        destination,
        netmask: prefixLength === 32 || prefixLength === 128 ? 0 : prefixLength,
        gateway,
        source,
        flags: usesFlags && dependsOnLink(route) && hasNoCarrier(route.interface) ? linkDown : 0,
        interface: route.interface,
        mtu: 0,
        metric,
        type,
        hopcount: 0,
      };
    }
  },
});

/** Types of the routes that fib_trie alone has. */
const ownTypes: readonly string[] = ['local', 'broadcast'];

function* allRoutes(query: TableQuery<typeof columns>): Generator<SourcedRoute> {
  const { files } = query;
  const isUsed = query.uses('interface', 'source', 'flags');
  const own = ownRoutes(isUsed ? interfaceAddressesOf(files, query.host) : []);
  for (const route of parseProcNetRoute(files.readText('/proc/net/route') ?? ''))
    yield { ...route, source: own.sourceOf(route) };
  const types = query.equals('type') ?? ownTypes;
  if (ownTypes.some((type) => types.includes(type))) {
    for (const route of parseFibTrie(files.readText('/proc/net/fib_trie') ?? ''))
      yield own.withAddress(route);
  }
  for (const route of parseProcNetIpv6Route(files.readText('/proc/net/ipv6_route') ?? ''))
    yield { ...route, source: '' };
}

/** The host's own addresses answer also without a carrier (fib6_ifdown in net/ipv6/route.c). */
const dependsOnLink = ({ type, interface: name }: Route): boolean =>
  name !== '' && type !== 'local' && type !== 'anycast';

/** Whether an interface has no carrier, read once for each; unknown is no. */
const carrierReader = (files: HostFiles): ((name: string) => boolean) => {
  const known = new Map<string, boolean>();
  return (name) => {
    const found = known.get(name) ?? interfaceAttribute(files, name, 'carrier') === '0';
    known.set(name, found);
    return found;
  };
};
