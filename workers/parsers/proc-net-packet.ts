import { addressFamily } from './address-family.ts';

/** A line of /proc/net/packet. */
export interface PacketSocket {
  readonly family: typeof addressFamily.packet;
  /** Which frames the socket sees: an Ethernet protocol number (linux/if_ether.h), 3 for all of them. */
  readonly protocol: number;
  readonly inode: number;
}

/** Address in the kernel, references, type, protocol, interface (-1: gone), running, memory, user, inode. */
const line = /^[0-9a-f]{8,16} +\d+ +\d+ +([0-9a-f]{4}) +-?\d+ +\d +\d+ +\d+ +(\d+) *\n/gm;

/** Reads /proc/net/packet (packet(7), proc(5)). The heading and what is no such line are passed over. */
export function* parsePacketSockets(content: string): Generator<PacketSocket> {
  for (const [, protocol, inode] of content.matchAll(line)) {
    yield {
      family: addressFamily.packet,
      protocol: Number.parseInt(protocol ?? '', 16),
      inode: Number(inode),
    };
  }
}
