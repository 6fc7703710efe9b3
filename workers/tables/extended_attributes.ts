import { integer, type Table, text } from '../../protocol/table.ts';
import { defineUnavailableTable } from '../host/unavailable-table.ts';

export const extendedAttributes: Table = defineUnavailableTable({
  name: 'extended_attributes',
  description: 'Extended attributes of files; not readable here, so reading it fails.',
  why: 'Node has no call for extended attributes; getfattr -d -m - PATH and getcap PATH show them',
  columns: {
    path: text({ required: true, optimized: true }),
    directory: text({ required: true, optimized: true }),
    key: text(),
    value: text(),
    base64: integer(),
  },
});
