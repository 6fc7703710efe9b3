import { bigint, integer, type Table, text } from '../../protocol/table.ts';
import { defineEventTable } from '../host/event-table.ts';

export const fileEvents: Table = defineEventTable({
  name: 'file_events',
  description: 'Changes of files that the configuration names.',
  publisher: 'inotify',
  columns: {
    target_path: text(),
    category: text(),
    action: text(),
    transaction_id: bigint(),
    inode: bigint(),
    uid: bigint(),
    gid: bigint(),
    mode: text(),
    size: bigint(),
    atime: bigint(),
    mtime: bigint(),
    ctime: bigint(),
    md5: text({ collate: 'NOCASE' }),
    sha1: text({ collate: 'NOCASE' }),
    sha256: text({ collate: 'NOCASE' }),
    hashed: integer(),
    time: bigint({ additional: true }),
    eid: text({ hidden: true }),
  },
});
