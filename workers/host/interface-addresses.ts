import type { HostFiles } from '../../protocol/host-files.ts';
import type { HostAddress, HostFacts } from '../../protocol/table.ts';
import { parseFibTrie } from '../parsers/fib-trie.ts';
import { parseIfInet6 } from '../parsers/if-inet6.ts';
import { ipv4Mask, ipv4Number, ipv4Text } from '../parsers/ipv4.ts';
import { parseProcNetRoute } from '../parsers/proc-net-route.ts';
import type { Route } from '../parsers/route.ts';
import { parseUevent } from '../parsers/uevent.ts';
import { interfaceAttribute, interfaceNames, interfaceOfLabel, isUpInVain } from './interfaces.ts';

/** An address, and the interface that has it. */
export interface InterfaceAddress extends Pick<HostAddress, 'address' | 'netmask' | 'family'> {
  readonly interface: string;
}

/** Addresses of the interfaces that are up. */
export const interfaceAddressesOf = (files: HostFiles, host: HostFacts): InterfaceAddress[] => {
  const running = Object.entries(host.networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.map((address) => ({ ...address, interface: name })),
  );
  return [...running, ...carrierlessAddresses(files, running)];
};

/**
 * Addresses of interfaces that are up and have no carrier: a card without its cable, a bridge of Docker without a
 * container. libuv leaves them out. The kernel lists IPv6 addresses with their interfaces, and IPv4 addresses without:
 * one belongs to the interface whose net is the narrowest around it, since an address brings a route to its net. One
 * with a net of its own alone (/32) cannot be found so. `known` are the addresses that libuv told.
 */
const carrierlessAddresses = (files: HostFiles, known: readonly InterfaceAddress[]): InterfaceAddress[] => {
  const running = new Set(known.map((address) => interfaceOfLabel(address.interface)));
  const silent = new Set(
    interfaceNames(files)
      .filter((name) => !running.has(name))
      .filter((name) => isUpInVain(files, name)),
  );
  return silent.size === 0 ? [] : [...ipv4Of(files, silent, known), ...ipv6Of(files, silent)];
};

const ipv6Of = (files: HostFiles, silent: ReadonlySet<string>): InterfaceAddress[] =>
  parseIfInet6(files.readText('/proc/net/if_inet6') ?? '')
    .filter(({ interface: name }) => silent.has(name))
    .map((address) => ({ ...address, family: 'IPv6' }));

const ipv4Of = (
  files: HostFiles,
  silent: ReadonlySet<string>,
  known: readonly InterfaceAddress[],
): InterfaceAddress[] => {
  const nets = linkRoutes(files).filter(({ prefixLength }) => prefixLength > 0 && prefixLength < 32);
  if (!nets.some(({ interface: name }) => silent.has(name))) return [];
  const netAround = netsByMask(nets);
  const told = new Set(known.map(({ address }) => address));
  return parseFibTrie(files.readText('/proc/net/fib_trie') ?? '').flatMap(
    ({ destination: address, prefixLength, type }) => {
      if (type !== 'local' || prefixLength !== 32 || told.has(address)) return [];
      const net = netAround(ipv4Number(address) ?? 0);
      if (net === undefined || !silent.has(net.interface)) return [];
      return [{ interface: net.interface, address, netmask: ipv4Text(net.mask), family: 'IPv4' as const }];
    },
  );
};

/** A net that an interface is in. */
interface ConnectedNet {
  readonly interface: string;
  readonly mask: number;
}

/** Finds the narrowest net around an address, by one look-up for each length that there is. */
const netsByMask = (nets: readonly Route[]): ((address: number) => ConnectedNet | undefined) => {
  const lengths = Map.groupBy(nets, ({ prefixLength }) => prefixLength);
  const narrowestFirst = [...lengths]
    .toSorted(([a], [b]) => b - a)
    .map(([length, routes]) => ({
      mask: ipv4Mask(length),
      interfaces: new Map(routes.map((route) => [ipv4Number(route.destination), route.interface])),
    }));
  return (address) => {
    for (const { mask, interfaces } of narrowestFirst) {
      const name = interfaces.get((address & mask) >>> 0);
      if (name !== undefined) return { interface: name, mask };
    }
    return undefined;
  };
};

/** Routes to what is on a link. */
const linkRoutes = (files: HostFiles): Route[] =>
  [...parseProcNetRoute(files.readText('/proc/net/route') ?? '')].filter(
    (route) => route.gateway === '' && route.interface !== '',
  );

/**
 * The peers at the other ends of links, by interface: with an address that has one the kernel makes a route to it, the only
 * one to a single host by that interface. WireGuard's routes to hosts are those of its configuration.
 */
export const linkPeers = (files: HostFiles): ReadonlyMap<string, string> => {
  const hosts = Map.groupBy(
    linkRoutes(files).filter(({ prefixLength }) => prefixLength === 32),
    (route) => route.interface,
  );
  return new Map(
    [...hosts].flatMap(([name, [route, ...others]]) => {
      const isKernels = route !== undefined && others.length === 0 && !isWireguard(files, name);
      return isKernels ? [[name, route.destination] as const] : [];
    }),
  );
};

const isWireguard = (files: HostFiles, name: string): boolean =>
  parseUevent(interfaceAttribute(files, name, 'uevent') ?? '').get('DEVTYPE') === 'wireguard';
