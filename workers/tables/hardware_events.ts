import { bigint, type Table, text } from '../../protocol/table.ts';
import { defineEventTable } from '../host/event-table.ts';

export const hardwareEvents: Table = defineEventTable({
  name: 'hardware_events',
  description: 'Devices that came, went or changed.',
  publisher: 'udev',
  columns: {
    action: text(),
    path: text(),
    type: text(),
    driver: text(),
    vendor: text(),
    vendor_id: text({ collate: 'NOCASE' }),
    model: text(),
    model_id: text({ collate: 'NOCASE' }),
    serial: text(),
    revision: text(),
    time: bigint({ additional: true }),
    eid: text({ hidden: true }),
  },
});
