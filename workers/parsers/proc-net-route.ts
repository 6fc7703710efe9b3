import { procNetAddress } from './proc-net-address.ts';
import { type Route, routeFlag } from './route.ts';

/** Interface, destination, gateway, flags, two counters, metric, mask; then figures of TCP that are no route's own. */
const line =
  /^(\S+)\t([0-9A-F]{8})\t([0-9A-F]{8})\t([0-9A-F]{4,8})\t\d+\t\d+\t(-?\d+)\t([0-9A-F]{8})\t.*\n/gim;

/**
 * Reads /proc/net/route (proc(5); fib_route_seq_show in net/ipv4/fib_trie.c): the IPv4 routes of the main table,
 * without broadcast and multicast routes, and of a route with several next hops the first. Routes that refuse
 * (unreachable, prohibit, blackhole, throw) have the interface `*`.
 */
export function* parseProcNetRoute(content: string): Generator<Route> {
  for (const [, device, destination, gateway, flagDigits, metric, mask] of content.matchAll(line)) {
    const refuses = device === '*';
    const hasGateway = (Number.parseInt(flagDigits ?? '', 16) & routeFlag.gateway) !== 0;
    const nextHop = procNetAddress(gateway ?? '') ?? '';
    yield {
      destination: procNetAddress(destination ?? '') ?? '',
      prefixLength: setBits(Number.parseInt(mask ?? '', 16)),
      // A next hop that is an IPv6 address stands as 0.
      gateway: hasGateway && nextHop !== '0.0.0.0' ? nextHop : '',
      interface: refuses ? '' : (device ?? ''),
      metric: Number(metric),
      type: refuses ? 'other' : 'gateway',
    };
  }
}

const setBits = (mask: number): number => mask.toString(2).replaceAll('0', '').length;
