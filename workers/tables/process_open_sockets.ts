import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { type ListedSocket, openSockets, tcp } from '../host/open-sockets.ts';
import { addressFamily } from '../parsers/address-family.ts';
import { addressReader } from '../parsers/proc-net-address.ts';

/** Names of the TCP states, which the kernel numbers from 1 (include/net/tcp_states.h). */
const tcpStates = [
  'UNKNOWN',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSED',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
];

/**
 * Sockets of the internet protocols, unix and packet sockets. Those that no process holds, or whose process this
 * user may not look into, have the pid and fd -1, except when processes are asked for by pid. With a pid, only the
 * sockets of the network namespace that the process is in now are found. A socket that is shared has one row: see
 * `openSockets`.
 */
export const processOpenSockets: Table = defineTable({
  name: 'process_open_sockets',
  description: 'Open sockets and the processes that hold them.',
  example:
    'SELECT p.name, s.remote_address, s.remote_port FROM process_open_sockets s JOIN processes p USING (pid) WHERE s.remote_port > 0;',
  columns: {
    pid: integer({ additional: true }),
    fd: bigint(),
    socket: bigint(),
    family: integer(),
    protocol: integer(),
    local_address: text(),
    remote_address: text(),
    local_port: integer(),
    remote_port: integer(),
    path: text(),
    state: text(),
    net_namespace: text(),
  },
  *generate(query) {
    const address = addressReader();
    const usesLocal = query.uses('local_address');
    const usesRemote = query.uses('remote_address');
    const scan = { pids: query.equals('pid'), usesHolder: query.uses('pid', 'fd') };
    for (const { listed, holder, net_namespace } of openSockets(query.files, scan)) {
      const inet = 'localDigits' in listed ? listed : undefined;
      yield {
        pid: holder.pid,
        fd: holder.fd,
        socket: listed.inode,
        family: listed.family,
        protocol: listed.protocol,
        local_address: inet !== undefined && usesLocal ? address(inet.localDigits) : '',
        remote_address: inet !== undefined && usesRemote ? address(inet.remoteDigits) : '',
        local_port: inet?.localPort ?? 0,
        remote_port: inet?.remotePort ?? 0,
        path: listed.family === addressFamily.unix ? listed.path : '',
        state: stateOf(listed),
        net_namespace,
      };
    }
  },
});

/** Only TCP has states; packet sockets say so in osquery, the others say nothing. */
const stateOf = (socket: ListedSocket): string => {
  if (socket.family === addressFamily.packet) return 'NONE';
  if (socket.family === addressFamily.unix || socket.protocol !== tcp) return '';
  return tcpStates[socket.state] ?? 'UNKNOWN';
};
