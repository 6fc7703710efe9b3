import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { type ListedSocket, openSockets } from '../host/open-sockets.ts';
import { addressFamily } from '../parsers/address-family.ts';
import { addressReader } from '../parsers/proc-net-address.ts';

/**
 * The rows of process_open_sockets that have no other end, as osquery picks them: internet sockets with the remote
 * port 0 (in /proc/net a TCP socket has that when it listens, another one when it is not connected), unix sockets
 * with a path (also the connected ones), and packet sockets. Unix sockets show neither port nor inode.
 */
export const listeningPorts: Table = defineTable({
  name: 'listening_ports',
  description: 'Sockets that wait for others: ports of the internet protocols and named unix sockets.',
  example:
    "SELECT DISTINCT p.name, l.address, l.port FROM listening_ports l JOIN processes p USING (pid) WHERE l.address NOT IN ('127.0.0.1', '::1');",
  cacheable: true,
  columns: {
    pid: integer(),
    port: integer(),
    protocol: integer(),
    family: integer(),
    address: text(),
    fd: bigint(),
    socket: bigint(),
    path: text(),
    net_namespace: text(),
  },
  *generate(query) {
    const address = addressReader();
    const usesAddress = query.uses('address');
    const scan = { usesHolder: query.uses('pid', 'fd') };
    for (const { listed, holder, net_namespace } of openSockets(query.files, scan)) {
      if (!isListening(listed)) continue;
      const inet = 'localDigits' in listed ? listed : undefined;
      yield {
        pid: holder.pid,
        port: inet?.localPort ?? 0,
        protocol: listed.protocol,
        family: listed.family,
        address: inet !== undefined && usesAddress ? address(inet.localDigits) : '',
        fd: holder.fd,
        socket: listed.family === addressFamily.unix ? 0 : listed.inode,
        path: listed.family === addressFamily.unix ? listed.path : '',
        net_namespace,
      };
    }
  },
});

const isListening = (socket: ListedSocket): boolean => {
  if (socket.family === addressFamily.unix) return socket.path !== '';
  return socket.family === addressFamily.packet || socket.remotePort === 0;
};
