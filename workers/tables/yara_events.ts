import { bigint, integer, type Table, text } from '../../protocol/table.ts';
import { defineEventTable } from '../host/event-table.ts';

export const yaraEvents: Table = defineEventTable({
  name: 'yara_events',
  description: 'Matches of YARA rules in files that changed.',
  publisher: 'inotify',
  columns: {
    target_path: text(),
    category: text(),
    action: text(),
    matches: text(),
    count: integer(),
    strings: text(),
    tags: text(),
    time: bigint(),
    eid: text({ hidden: true }),
    transaction_id: bigint({ hidden: true }),
  },
});
