import { defineTable, type Table, text } from '../../protocol/table.ts';
import { type InterfaceAddress, interfaceAddressesOf, linkPeers } from '../host/interface-addresses.ts';
import { configuredFlags, interfaceFlag, interfaceOfLabel } from '../host/interfaces.ts';
import { ipv4Number, ipv4Text } from '../parsers/ipv4.ts';

export const interfaceAddresses: Table = defineTable({
  name: 'interface_addresses',
  description: 'Addresses of the network interfaces that are up.',
  example: "SELECT interface, address, mask FROM interface_addresses WHERE interface != 'lo';",
  columns: {
    interface: text(),
    address: text(),
    mask: text(),
    broadcast: text(),
    point_to_point: text(),
    type: text(),
    friendly_name: text({ hidden: true }),
  },
  cacheable: true,
  *generate(query) {
    // Most hosts have no link with a peer, and routers many routes.
    let peers: ReadonlyMap<string, string> | undefined;
    const peerOf = (name: string): string | undefined => {
      peers ??= query.uses('point_to_point') ? linkPeers(query.files) : new Map();
      return peers.get(name);
    };
    for (const address of interfaceAddressesOf(query.files, query.host)) {
      // An address label such as eth0:1 has the flags of its interface.
      const name = interfaceOfLabel(address.interface);
      const flags = query.uses('broadcast', 'point_to_point')
        ? configuredFlags(query.files, name)
        : undefined;
      yield {
        interface: address.interface,
        address: scoped(address),
        mask: address.netmask,
        ...destinationOf(address, flags, () => peerOf(name)),
        // osquery tells how an address was assigned on other systems only.
        type: 'unknown',
      };
    }
  },
});

/** A link-local address means something on its link only, so that the link is part of its text (RFC 4007). */
const scoped = ({ family, address, interface: name }: InterfaceAddress): string =>
  family === 'IPv6' && /^fe[89ab]/i.test(address) ? `${address}%${name}` : address;

interface Destination {
  readonly broadcast?: string;
  readonly point_to_point?: string;
}

/**
 * Where the kernel says that an IPv4 address leads: to a broadcast address, or to a peer. No file holds either,
 * so the broadcast is the usual one (host bits set), and the peer is what the interface's routes tell, else the address
 * itself, which is what the kernel answers when none was configured. Of IPv6 no peer is known.
 */
const destinationOf = (
  { family, address, netmask }: InterfaceAddress,
  flags: number | undefined,
  peer: () => string | undefined,
): Destination => {
  const number = ipv4Number(address);
  const mask = ipv4Number(netmask);
  if (family !== 'IPv4' || flags === undefined || number === undefined || mask === undefined) return {};
  if ((flags & interfaceFlag.broadcast) === 0)
    return { point_to_point: (flags & interfaceFlag.pointToPoint) === 0 ? address : (peer() ?? address) };
  // A net of one or two addresses has no room for a broadcast address.
  const hostBits = ~mask >>> 0;
  return { broadcast: hostBits <= 1 ? address : ipv4Text((number | hostBits) >>> 0) };
};
