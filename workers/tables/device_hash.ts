import { bigint, type Table, text } from '../../protocol/table.ts';
import { defineUnavailableTable } from '../host/unavailable-table.ts';

export const deviceHash: Table = defineUnavailableTable({
  name: 'device_hash',
  description: 'Digests of files on a block device; not readable here, so reading it fails.',
  why: 'it takes a reader of the file system on the raw device, and Leash opens no device; table hash has digests of what is mounted',
  columns: {
    device: text({ required: true }),
    partition: text({ required: true }),
    inode: bigint({ required: true }),
    md5: text({ collate: 'NOCASE' }),
    sha1: text({ collate: 'NOCASE' }),
    sha256: text({ collate: 'NOCASE' }),
  },
});
