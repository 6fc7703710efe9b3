import { bigint, type Table, text } from '../../protocol/table.ts';
import { defineEventTable } from '../host/event-table.ts';

export const processFileEvents: Table = defineEventTable({
  name: 'process_file_events',
  description: 'What processes did to files that the configuration names.',
  publisher: 'auditeventpublisher',
  columns: {
    operation: text(),
    pid: bigint(),
    ppid: bigint(),
    time: bigint({ additional: true }),
    executable: text(),
    partial: text(),
    cwd: text(),
    path: text(),
    dest_path: text(),
    uid: text(),
    gid: text(),
    auid: text(),
    euid: text(),
    egid: text(),
    fsuid: text(),
    fsgid: text(),
    suid: text(),
    sgid: text(),
    uptime: bigint(),
    eid: text({ hidden: true }),
  },
});
