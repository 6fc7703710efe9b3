import type { addressFamily } from './address-family.ts';

/** Which of the socket lists of the internet protocols a content comes from; its name does not stand in it. */
export interface InetList {
  readonly family: typeof addressFamily.inet | typeof addressFamily.inet6;
  /** Protocol number (netinet/in.h). */
  readonly protocol: number;
}

/** A line of such a list. Addresses are still encoded: see `procNetAddress`. */
export interface InetSocket extends InetList {
  readonly localDigits: string;
  readonly localPort: number;
  readonly remoteDigits: string;
  readonly remotePort: number;
  /** Number of a TCP state (include/net/tcp_states.h); the other protocols borrow some of them. */
  readonly state: number;
  /** 0 for a connection that no process owns any more, such as one in TIME_WAIT. */
  readonly inode: number;
}

/**
 * Slot, local and remote address with port, state, queues, timer, retransmits, uid, timeout, inode, and then what
 * differs between the protocols. The blank behind the inode tells a whole number from a line that was cut short.
 */
const line =
  /^ *\d+: ([0-9A-F]{8}(?:[0-9A-F]{24})?):([0-9A-F]{4}) ([0-9A-F]{8}(?:[0-9A-F]{24})?):([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+ +\d+ +\d+ (\d+) /gim;

/**
 * Reads /proc/net/{tcp,udp,udplite,raw,icmp} and their IPv6 fellows (proc(5); Documentation/networking/proc_net_tcp).
 * The heading and what is no such line are passed over.
 */
export function* parseInetSockets(content: string, { family, protocol }: InetList): Generator<InetSocket> {
  for (const [, localDigits, localPort, remoteDigits, remotePort, state, inode] of content.matchAll(line)) {
    yield {
      family,
      protocol,
      localDigits: localDigits ?? '',
      localPort: Number.parseInt(localPort ?? '', 16),
      remoteDigits: remoteDigits ?? '',
      remotePort: Number.parseInt(remotePort ?? '', 16),
      state: Number.parseInt(state ?? '', 16),
      inode: Number(inode),
    };
  }
}
