import type { addressFamily } from './address-family.ts';
import { decimal, hexadecimal } from './digits.ts';

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
  / *\d+: [0-9A-F]{8}(?:[0-9A-F]{24})?:[0-9A-F]{4} [0-9A-F]{8}(?:[0-9A-F]{24})?:[0-9A-F]{4} [0-9A-F]{2} \S+ \S+ \S+ +\d+ +\d+ \d+ /iy;

/**
 * Reads /proc/net/{tcp,udp,udplite,raw,icmp} and their IPv6 fellows (proc(5); Documentation/networking/proc_net_tcp).
 * The heading and what is no such line are passed over. A pattern says whether a line is one, and its fields are found
 * by their places: groups of the pattern would cost several times as much, and a server has 100,000 lines.
 */
export function* parseInetSockets(content: string, list: InetList): Generator<InetSocket> {
  for (let start = 0; start < content.length; ) {
    line.lastIndex = start;
    const end = line.test(content) ? line.lastIndex : undefined;
    if (end !== undefined) yield inetSocket(content, list, start, end);
    const newline = content.indexOf('\n', end ?? start);
    if (newline === -1) return;
    start = newline + 1;
  }
}

/** The socket of the line that starts at `start`; the blank behind its inode ends at `end`. */
const inetSocket = (
  content: string,
  { family, protocol }: InetList,
  start: number,
  end: number,
): InetSocket => {
  const local = content.indexOf(':', start) + 2;
  const localPort = content.indexOf(':', local) + 1;
  const remote = localPort + 5;
  const remotePort = content.indexOf(':', remote) + 1;
  return {
    family,
    protocol,
    localDigits: content.slice(local, localPort - 1),
    localPort: hexadecimal(content, localPort, 4),
    remoteDigits: content.slice(remote, remotePort - 1),
    remotePort: hexadecimal(content, remotePort, 4),
    state: hexadecimal(content, remotePort + 5, 2),
    inode: decimal(content, content.lastIndexOf(' ', end - 2) + 1),
  };
};
