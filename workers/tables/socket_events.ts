import { bigint, integer, type Table, text } from '../../protocol/table.ts';
import { defineEventTable } from '../host/event-table.ts';

export const socketEvents: Table = defineEventTable({
  name: 'socket_events',
  description: 'Sockets that were bound, connected or accepted.',
  publisher: 'auditeventpublisher',
  columns: {
    action: text(),
    pid: bigint(),
    path: text(),
    fd: text(),
    auid: bigint(),
    family: integer(),
    protocol: integer({ hidden: true }),
    local_address: text(),
    remote_address: text(),
    local_port: integer(),
    remote_port: integer(),
    socket: text({ hidden: true }),
    time: bigint({ additional: true }),
    uptime: bigint(),
    eid: text({ hidden: true }),
    success: integer({ hidden: true }),
    status: text(),
  },
});
