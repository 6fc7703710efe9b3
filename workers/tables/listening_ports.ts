import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { addressFamily, type OpenSocket, openSockets } from '../host/open-sockets.ts';
import { addressReader } from '../parsers/proc-net-address.ts';

/**
 * The rows of process_open_sockets that have no other end, as osquery picks them: internet sockets with the remote
 * port 0 (in /proc/net a TCP socket has that when it listens, another one when it is not connected), unix sockets
 * with a path (also the connected ones), and packet sockets. Unix sockets show neither port nor inode.
 */
export const listeningPorts: Table = defineTable({
  name: 'listening_ports',
  description: 'Sockets that wait for others: ports of the internet protocols and named unix sockets.',
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
    for (const socket of openSockets(query.files, { usesHolder: query.uses('pid', 'fd') })) {
      if (!isListening(socket)) continue;
      const { pid, fd, protocol, family, net_namespace } = socket;
      const isInet = 'localDigits' in socket;
      yield {
        pid,
        port: isInet ? socket.localPort : 0,
        protocol,
        family,
        address: isInet && usesAddress ? address(socket.localDigits) : '',
        fd,
        socket: family === addressFamily.unix ? 0 : socket.inode,
        path: 'path' in socket ? socket.path : '',
        net_namespace,
      };
    }
  },
});

const isListening = (socket: OpenSocket): boolean => {
  if (socket.family === addressFamily.unix) return socket.path !== '';
  return socket.family === addressFamily.packet || socket.remotePort === 0;
};
