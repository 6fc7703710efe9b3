import { ipv4Text } from './ipv4.ts';
import { ipv6Text } from './ipv6.ts';

/** Addresses that one scan remembers. */
const mostRemembered = 4096;

/**
 * An IPv4 or IPv6 address as the socket lists and the IPv4 routes of /proc/net print it: 32-bit words in the byte
 * order of the machine, 8 hexadecimal digits each, one word or four. The machines that this runs on are
 * little-endian, so the bytes of each word are turned round. Undefined for anything else.
 */
export const procNetAddress = (digits: string): string | undefined => {
  const network = networkOrder(digits);
  if (network.length !== 8) return ipv6Text(network);
  return /^[0-9a-f]{8}$/i.test(network) ? ipv4Text(Number.parseInt(network, 16)) : undefined;
};

const networkOrder = (digits: string): string =>
  digits.replace(/(..)(..)(..)(..)/g, (_word, a: string, b: string, c: string, d: string) => d + c + b + a);

/** `procNetAddress` that remembers what it read: most sockets of a host share a few addresses. '' for no address. */
export const addressReader = (): ((digits: string) => string) => {
  const known = new Map<string, string>();
  return (digits) => {
    const found = known.get(digits);
    if (found !== undefined) return found;
    const address = procNetAddress(digits) ?? '';
    // A busy server has as many remote addresses as clients: enough is kept for those that repeat.
    if (known.size < mostRemembered) known.set(digits, address);
    return address;
  };
};
