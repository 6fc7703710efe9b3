import { bigint, type Table, text, unsignedBigint } from '../../protocol/table.ts';
import { defineEventTable } from '../host/event-table.ts';

export const apparmorEvents: Table = defineEventTable({
  name: 'apparmor_events',
  description: 'What AppArmor allowed, audited or denied.',
  publisher: 'auditeventpublisher',
  columns: {
    type: text(),
    message: text(),
    time: bigint({ additional: true }),
    uptime: bigint(),
    eid: text({ hidden: true }),
    apparmor: text(),
    operation: text(),
    parent: unsignedBigint(),
    profile: text(),
    name: text(),
    pid: unsignedBigint(),
    comm: text(),
    denied_mask: text(),
    capname: text(),
    fsuid: unsignedBigint(),
    ouid: unsignedBigint(),
    capability: bigint(),
    requested_mask: text(),
    info: text(),
    error: text(),
    namespace: text(),
    label: text(),
  },
});
