import { bigint, integer, type Table, text } from '../../protocol/table.ts';
import { defineEventTable } from '../host/event-table.ts';

export const syslogEvents: Table = defineEventTable({
  name: 'syslog_events',
  description: 'Messages that syslog handed on.',
  publisher: 'syslog',
  aliases: ['syslog'],
  columns: {
    time: bigint({ additional: true }),
    datetime: text(),
    host: text(),
    severity: integer(),
    facility: text(),
    tag: text(),
    message: text(),
    eid: text({ hidden: true }),
  },
});
