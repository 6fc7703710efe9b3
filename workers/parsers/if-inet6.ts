import { ipv6Text } from './ipv6.ts';

/** An IPv6 address of an interface. */
export interface InterfaceIpv6 {
  readonly interface: string;
  readonly address: string;
  readonly netmask: string;
}

const address_bits = 128;

/**
 * Reads /proc/net/if_inet6 (if6_seq_show in net/ipv6/addrconf.c): address, number of the interface, prefix length, scope
 * and flags, all hexadecimal, then the interface. Lines of another shape are passed over.
 */
export const parseIfInet6 = (content: string): InterfaceIpv6[] =>
  content.split('\n').flatMap((line) => {
    const [digits = '', , length = '', , , name] = line.trim().split(/\s+/);
    const address = ipv6Text(digits);
    const prefix_bits = /^[0-9a-f]{2}$/i.test(length) ? Number.parseInt(length, 16) : undefined;
    if (
      name === undefined ||
      address === undefined ||
      prefix_bits === undefined ||
      prefix_bits > address_bits
    )
      return [];
    return [{ interface: name, address, netmask: netmaskText(prefix_bits) }];
  });

const netmaskText = (prefix_bits: number): string => {
  const mask = ((1n << BigInt(prefix_bits)) - 1n) << BigInt(address_bits - prefix_bits);
  return ipv6Text(mask.toString(16).padStart(32, '0')) ?? '';
};
