import type { HostFiles } from '../../protocol/host-files.ts';
import { type InetSocket, parseInetSockets } from '../parsers/proc-net-inet.ts';
import { parsePacketSockets } from '../parsers/proc-net-packet.ts';
import { parseUnixSockets } from '../parsers/proc-net-unix.ts';
import { type NetworkNamespace, networkNamespaces, readNetworkFile } from './network-namespaces.ts';
import { allProcessIds } from './process-ids.ts';

/** Address families (bits/socket.h). */
export const addressFamily = { unix: 1, inet: 2, inet6: 10, packet: 17 } as const;
/** Protocol number of TCP (netinet/in.h). */
export const tcp = 6;

/** What is known of any socket. */
interface AnySocket {
  readonly protocol: number;
  readonly inode: number;
  readonly pid: number;
  readonly fd: number;
  readonly net_namespace: string;
}

interface OpenInetSocket extends AnySocket, InetSocket {
  readonly family: typeof addressFamily.inet | typeof addressFamily.inet6;
}

interface OpenUnixSocket extends AnySocket {
  readonly family: typeof addressFamily.unix;
  readonly path: string;
}

interface OpenPacketSocket extends AnySocket {
  readonly family: typeof addressFamily.packet;
}

/** An open socket. `pid` and `fd` are -1 when no process that can be seen holds it. */
export type OpenSocket = OpenInetSocket | OpenUnixSocket | OpenPacketSocket;

/** What a scan wants of the sockets. */
export interface SocketScan {
  /** Processes asked for; all when left out, or when -1 is among them, which stands for sockets without a process. */
  readonly pids?: readonly string[] | undefined;
  /** Whether `pid` and `fd` matter. If not, no descriptor is looked at and both are -1. */
  readonly usesHolder: boolean;
}

interface Holder {
  readonly pid: number;
  readonly fd: number;
}

const noHolder: Holder = { pid: -1, fd: -1 };

/** Files below /proc/<pid>/net, each read once a namespace, in the order of the protocol numbers as osquery's are. */
const inetFiles = [
  ['icmp', 1],
  ['tcp', tcp],
  ['udp', 17],
  ['udplite', 136],
  ['raw', 255],
] as const;

/**
 * Every open socket, once: those of the processes asked for, or all of the network namespaces that have a process.
 * A socket that several processes share, or that has several descriptors, is shown with the last one in the text
 * order of the process ids, which is osquery's choice.
 */
export function* openSockets(files: HostFiles, scan: SocketScan): Generator<OpenSocket> {
  const asked = scan.pids?.includes('-1') === true ? undefined : scan.pids;
  const pids = (asked ?? allProcessIds(files)).toSorted();
  const holders = asked !== undefined || scan.usesHolder ? socketHolders(files, pids) : undefined;
  if (asked !== undefined && holders?.size === 0) return;
  for (const namespace of networkNamespaces(files, pids)) {
    for (const socket of socketsOf(files, namespace)) {
      const holder = holders?.get(socket.inode);
      if (holder !== undefined || asked === undefined) {
        yield { ...socket, ...(holder ?? noHolder), net_namespace: namespace.id };
      }
    }
  }
}

/** Who holds which socket, by inode: descriptors that are links such as `socket:[12345]`. */
const socketHolders = (files: HostFiles, pids: readonly string[]): ReadonlyMap<number, Holder> => {
  const holders = new Map<number, Holder>();
  for (const pid of pids) {
    for (const fd of files.list(`/proc/${pid}/fd`) ?? []) {
      const link = files.readLink(`/proc/${pid}/fd/${fd}`);
      if (link?.startsWith('socket:[') === true) {
        holders.set(Number(link.slice('socket:['.length, -1)), { pid: Number(pid), fd: Number(fd) });
      }
    }
  }
  return holders;
};

type Listed<S extends AnySocket> = Omit<S, 'pid' | 'fd' | 'net_namespace'>;

function* socketsOf(
  files: HostFiles,
  namespace: NetworkNamespace,
): Generator<Listed<OpenInetSocket> | Listed<OpenUnixSocket> | Listed<OpenPacketSocket>> {
  for (const [name, protocol] of inetFiles) {
    for (const socket of parseInetSockets(readNetworkFile(files, namespace, name))) {
      yield { family: addressFamily.inet, protocol, ...socket };
    }
    for (const socket of parseInetSockets(readNetworkFile(files, namespace, `${name}6`))) {
      yield { family: addressFamily.inet6, protocol, ...socket };
    }
  }
  for (const socket of parseUnixSockets(readNetworkFile(files, namespace, 'unix'))) {
    yield { family: addressFamily.unix, ...socket };
  }
  for (const socket of parsePacketSockets(readNetworkFile(files, namespace, 'packet'))) {
    yield { family: addressFamily.packet, ...socket };
  }
}
