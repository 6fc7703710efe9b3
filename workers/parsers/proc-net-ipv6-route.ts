import { ipv6Text } from './ipv6.ts';
import { type Route, type RouteType, routeFlag } from './route.ts';

/** Destination, its length, source, its length, next hop, metric, two counters, flags, interface. */
const line =
  /^([0-9a-f]{32}) ([0-9a-f]{2}) [0-9a-f]{32} [0-9a-f]{2} ([0-9a-f]{32}) ([0-9a-f]{8}) [0-9a-f]{8} [0-9a-f]{8} ([0-9a-f]{8}) +(\S*)\n/gm;

/** Flags of IPv6 routes alone (linux/ipv6_route.h); RTF_LOCAL is the sign bit. */
const flag = { anycast: 0x0010_0000, noNextHop: 0x0020_0000, cache: 0x0100_0000 } as const;
/** ff00::/8, which the kernel makes for every interface, is of the type multicast (net/ipv6/addrconf.c). */
const multicast = `ff${'0'.repeat(30)}`;

/**
 * Reads /proc/net/ipv6_route (proc(5); ipv6_route_native_seq_show in net/ipv6/route.c): the IPv6 routes of every
 * table, with one line for each next hop. Cached routes and the entry that ends each table are left out, since the
 * kernel does not call them routes when it is asked over netlink.
 */
export function* parseProcNetIpv6Route(content: string): Generator<Route> {
  for (const [, destination = '', length, nextHop = '', metricDigits, flagDigits, device] of content.matchAll(
    line,
  )) {
    const flags = Number.parseInt(flagDigits ?? '', 16) | 0;
    const metric = Number.parseInt(metricDigits ?? '', 16);
    const prefixLength = Number.parseInt(length ?? '', 16);
    if ((flags & flag.cache) !== 0 || isTableEnd(prefixLength, metric, flags)) continue;
    yield {
      destination: ipv6Text(destination) ?? '',
      prefixLength,
      gateway: (flags & routeFlag.gateway) === 0 ? '' : (ipv6Text(nextHop) ?? ''),
      interface: device ?? '',
      metric,
      type: prefixLength === 8 && destination === multicast ? 'other' : typeOf(flags),
    };
  }
}

/** The kernel's "no route": everything, refused, at the highest metric. */
const isTableEnd = (prefixLength: number, metric: number, flags: number): boolean =>
  prefixLength === 0 && metric === 0xffff_ffff && flags === (routeFlag.reject | flag.noNextHop);

const typeOf = (flags: number): RouteType => {
  if (flags < 0) return 'local';
  if ((flags & flag.anycast) !== 0) return 'anycast';
  return (flags & routeFlag.reject) === 0 ? 'gateway' : 'other';
};
