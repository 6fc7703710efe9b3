import { bigint, type Table, text } from '../../protocol/table.ts';
import { defineEventTable } from '../host/event-table.ts';

export const selinuxEvents: Table = defineEventTable({
  name: 'selinux_events',
  description: 'Records of SELinux in the audit log.',
  publisher: 'auditeventpublisher',
  columns: {
    type: text(),
    message: text(),
    time: bigint({ additional: true }),
    uptime: bigint(),
    eid: text({ hidden: true }),
  },
});
