import type { OwnIpv4Route } from '../parsers/fib-trie.ts';
import { ipv4Number } from '../parsers/ipv4.ts';
import type { Route } from '../parsers/route.ts';
import type { InterfaceAddress } from './interface-addresses.ts';

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

/** What these addresses tell. */
export const ownRoutes = (addresses: readonly InterfaceAddress[]): OwnRoutes => {
  const own = addresses.flatMap(({ interface: label, address, netmask }): OwnAddress[] => {
    const [number, mask] = [ipv4Number(address), ipv4Number(netmask)];
    // An address label such as eth0:1 is one of its interface's.
    const name = label.split(':', 1)[0] ?? label;
    return number === undefined || mask === undefined ? [] : [{ interface: name, address, number, mask }];
  });
  return {
    sourceOf: ({ destination, prefixLength, gateway, interface: name, type }) => {
      if (type !== 'gateway' || gateway !== '') return '';
      const net = { interface: name, mask: maskOf(prefixLength), number: ipv4Number(destination) ?? 0 };
      return firstIn(own, net)?.address ?? '';
    },
    withAddress: ({ destination, prefixLength, type }) => {
      const first = ipv4Number(destination) ?? 0;
      const maker = own.find((each) => isMaker(each, type, first, maskOf(prefixLength)));
      const source = maker === undefined ? '' : (firstIn(own, maker)?.address ?? '');
      return {
        ...{ destination, prefixLength, type, source },
        ...{ gateway: '', interface: maker?.interface ?? '', metric: 0 },
      };
    },
  };
};

/** The first address in the net of another, by which the kernel speaks for all of them (a primary address). */
const firstIn = (
  own: readonly OwnAddress[],
  net: Pick<OwnAddress, 'interface' | 'mask' | 'number'>,
): OwnAddress | undefined =>
  own.find(
    (each) => each.interface === net.interface && each.mask === net.mask && netOf(each) === netOf(net),
  );

const maskOf = (prefixLength: number): number => (prefixLength === 0 ? 0 : (-1 << (32 - prefixLength)) >>> 0);
const netOf = ({ number, mask }: Pick<OwnAddress, 'mask' | 'number'>): number => (number & mask) >>> 0;

const isMaker = (each: OwnAddress, type: OwnIpv4Route['type'], first: number, mask: number): boolean => {
  if (type === 'local') return (each.number & mask) >>> 0 === first;
  return (netOf(each) | ~each.mask) >>> 0 === first || netOf(each) === first;
};
