import { bigint, integer, type Table, text } from '../../protocol/table.ts';
import { defineUnavailableTable } from '../host/unavailable-table.ts';

export const deviceFile: Table = defineUnavailableTable({
  name: 'device_file',
  description: 'Files on a block device or in its image; not readable here, so reading it fails.',
  why: 'it takes a reader of the file system on the raw device, and Leash opens no device; table file shows what is mounted',
  columns: {
    device: text({ index: true, required: true }),
    partition: text({ index: true, required: true }),
    path: text({ additional: true }),
    filename: text(),
    inode: bigint({ index: true }),
    uid: bigint(),
    gid: bigint(),
    mode: text(),
    size: bigint(),
    block_size: integer(),
    atime: bigint(),
    mtime: bigint(),
    ctime: bigint(),
    hard_links: integer(),
    type: text(),
  },
});
