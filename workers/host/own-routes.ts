import type { OwnIpv4Route } from '../parsers/fib-trie.ts';
import { ipv4Mask, ipv4Number } from '../parsers/ipv4.ts';
import type { Route } from '../parsers/route.ts';
import type { InterfaceAddress } from './interface-addresses.ts';
import { interfaceOfLabel } from './interfaces.ts';

/** A route and the address that the kernel prefers as source for packets along it; '' where none is known. */
export interface SourcedRoute extends Route {
  readonly source: string;
}

/** An IPv4 address with its net, as numbers. */
interface OwnAddress {
  readonly interface: string;
  readonly address: string;
  readonly number: number;
  readonly mask: number;
}

/**
 * What the addresses of a host's interfaces tell of its IPv4 routes. With each address the kernel makes the route to the
 * address, to its net and to its broadcast addresses, all by its interface and with the address as source
 * (fib_add_ifaddr in net/ipv4/fib_frontend.c).
 */
export interface OwnRoutes {
  /** The address that made a route to a net on the link; '' for other routes. */
  sourceOf(route: Route): string;
  /** The route with the interface and the source of the address that made it; '' for both where there is none. */
  withAddress(route: OwnIpv4Route): SourcedRoute;
}

/** What these addresses tell; each route is looked up, since a router has many. */
export const ownRoutes = (addresses: readonly InterfaceAddress[]): OwnRoutes => {
  const own = ipv4Addresses(addresses);
  // By the first address in a net the kernel speaks for the others in it (a primary address).
  const firstInNet = firstBy(own, (each) => netKey(each));
  const byAddress = firstBy(own, ({ number }) => number);
  const byBroadcast = firstBy(own, (each) => (netOf(each) | ~each.mask) >>> 0);
  // Kernels before 5.14 hear broadcasts at the first address of a net, too.
  const byNet = firstBy(own, netOf);
  const makerOf = ({ destination, prefixLength, type }: OwnIpv4Route): OwnAddress | undefined => {
    const first = ipv4Number(destination) ?? 0;
    if (type === 'broadcast') return byBroadcast.get(first) ?? byNet.get(first);
    const mask = ipv4Mask(prefixLength);
    return byAddress.get(first) ?? own.find(({ number }) => (number & mask) >>> 0 === first);
  };
  return {
    sourceOf: ({ destination, prefixLength, gateway, interface: name, type }) => {
      if (type !== 'gateway' || gateway !== '') return '';
      const net = { interface: name, mask: ipv4Mask(prefixLength), number: ipv4Number(destination) ?? 0 };
      return firstInNet.get(netKey(net))?.address ?? '';
    },
    withAddress: (route) => {
      const maker = makerOf(route);
      const source = maker === undefined ? '' : (firstInNet.get(netKey(maker))?.address ?? '');
      return { ...route, gateway: '', interface: maker?.interface ?? '', metric: 0, source };
    },
  };
};

const ipv4Addresses = (addresses: readonly InterfaceAddress[]): OwnAddress[] =>
  addresses.flatMap(({ interface: label, address, netmask }) => {
    const [number, mask] = [ipv4Number(address), ipv4Number(netmask)];
    const name = interfaceOfLabel(label);
    return number === undefined || mask === undefined ? [] : [{ interface: name, address, number, mask }];
  });

const firstBy = <K>(own: readonly OwnAddress[], key: (each: OwnAddress) => K): ReadonlyMap<K, OwnAddress> =>
  new Map(own.toReversed().map((each) => [key(each), each]));

const netOf = ({ number, mask }: Pick<OwnAddress, 'mask' | 'number'>): number => (number & mask) >>> 0;
const netKey = (each: Pick<OwnAddress, 'interface' | 'mask' | 'number'>): string =>
  `${each.interface} ${each.mask} ${netOf(each)}`;
