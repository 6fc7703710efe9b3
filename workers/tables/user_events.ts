import { bigint, integer, type Table, text } from '../../protocol/table.ts';
import { defineEventTable } from '../host/event-table.ts';

export const userEvents: Table = defineEventTable({
  name: 'user_events',
  description: 'Records of programs about users, such as logins, in the audit log.',
  publisher: 'auditeventpublisher',
  columns: {
    uid: bigint(),
    auid: bigint(),
    pid: bigint(),
    message: text(),
    type: integer(),
    path: text(),
    address: text(),
    terminal: text(),
    time: bigint({ additional: true }),
    uptime: bigint(),
    eid: text({ hidden: true }),
  },
});
