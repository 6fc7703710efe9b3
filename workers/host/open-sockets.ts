import type { HostFiles } from '../../protocol/host-files.ts';
import { addressFamily } from '../parsers/address-family.ts';
import { decimal } from '../parsers/digits.ts';
import { type InetSocket, parseInetSockets } from '../parsers/proc-net-inet.ts';
import { type PacketSocket, parsePacketSockets } from '../parsers/proc-net-packet.ts';
import { parseUnixSockets, type UnixSocket } from '../parsers/proc-net-unix.ts';
import { type NetworkNamespace, networkNamespaces, readNetworkFile, untold } from './network-namespaces.ts';
import { allProcessIds } from './process-ids.ts';

/** Protocol number of TCP (netinet/in.h). */
export const tcp = 6;

/** A socket as its list shows it. */
export type ListedSocket = InetSocket | UnixSocket | PacketSocket;

/** A process and the descriptor by which it holds a socket. */
interface Holder {
  readonly pid: number;
  readonly fd: number;
}

/** A socket with what its list does not tell. */
export interface OpenSocket {
  readonly listed: ListedSocket;
  /** Both numbers are -1 when no process that can be seen holds it. */
  readonly holder: Holder;
  readonly net_namespace: string;
}

/** What a scan wants of the sockets. */
export interface SocketScan {
  /** Processes asked for; all when left out, or when -1 is among them, which stands for sockets without a process. */
  readonly pids?: readonly string[] | undefined;
  /** Whether the holder matters. If not, no descriptor is looked at unless processes are asked for. */
  readonly usesHolder: boolean;
}

const noHolder: Holder = { pid: -1, fd: -1 };

/**
 * Every open socket, once: those of the processes asked for, or all of the network namespaces that have a process.
 * A socket that several processes share, or that has several descriptors, is shown with the last one in the text
 * order of the process ids, which is osquery's choice.
 */
export function* openSockets(files: HostFiles, scan: SocketScan): Generator<OpenSocket> {
  const asked = scan.pids?.includes('-1') === true ? undefined : scan.pids;
  const pids = (asked ?? allProcessIds(files)).toSorted();
  const held = asked === undefined ? undefined : socketHolders(files, pids);
  if (held?.size === 0) return;
  const namespaces = networkNamespaces(files, pids);
  const holders = held ?? (scan.usesHolder ? socketHolders(files, visible(pids, namespaces)) : undefined);
  const other = asked === undefined ? noHolder : undefined;
  for (const namespace of namespaces) {
    for (const list of socketLists(files, namespace)) {
      for (const listed of list) {
        const holder = holders?.get(listed.inode) ?? other;
        if (holder !== undefined) yield { listed, holder, net_namespace: namespace.id };
      }
    }
  }
}

/**
 * The processes that may be looked into. The kernel lets nobody read a descriptor's link who may not read the link of
 * the namespace either (both are under PTRACE_MODE_READ_FSCREDS: proc_pid_fd(5), proc_pid_ns(5)), and what it denies
 * costs more than what it tells. Without namespaces there is nothing to go by.
 */
const visible = (pids: readonly string[], namespaces: readonly NetworkNamespace[]): readonly string[] => {
  const directories = new Set(namespaces.flatMap((namespace) => namespace.directories));
  return namespaces.some(({ id }) => id !== untold)
    ? pids.filter((pid) => directories.has(`/proc/${pid}`))
    : pids;
};

const socketLink = 'socket:[';

/** Who holds which socket, by inode: descriptors that are links such as `socket:[12345]`. */
const socketHolders = (files: HostFiles, pids: readonly string[]): ReadonlyMap<number, Holder> => {
  const holders = new Map<number, Holder>();
  for (const pid of pids) {
    for (const { fd, target } of files.descriptors(pid) ?? []) {
      if (target.startsWith(socketLink))
        holders.set(decimal(target, socketLink.length), { pid: Number(pid), fd });
    }
  }
  return holders;
};

/** Lists below /proc/<pid>/net with their protocols, in osquery's order. Those of IPv6 end in 6. */
const inetLists = [
  ['icmp', 1],
  ['tcp', tcp],
  ['udp', 17],
  ['udplite', 136],
  ['raw', 255],
] as const;

/** The lists of a namespace. Each is read when its turn comes. */
function* socketLists(files: HostFiles, namespace: NetworkNamespace): Generator<Iterable<ListedSocket>> {
  const { inet, inet6 } = addressFamily;
  for (const [name, protocol] of inetLists) {
    yield parseInetSockets(readNetworkFile(files, namespace, name), { family: inet, protocol });
    yield parseInetSockets(readNetworkFile(files, namespace, `${name}6`), { family: inet6, protocol });
  }
  yield parseUnixSockets(readNetworkFile(files, namespace, 'unix'));
  yield parsePacketSockets(readNetworkFile(files, namespace, 'packet'));
}
