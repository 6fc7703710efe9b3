import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { parseProcKeys } from '../parsers/proc-keys.ts';

export const kernelKeys: Table = defineTable({
  name: 'kernel_keys',
  description: 'Keys and keyrings of the kernel that this user may see.',
  columns: {
    serial_number: text(),
    flags: text(),
    usage: bigint(),
    timeout: text(),
    permissions: text(),
    uid: bigint(),
    gid: bigint(),
    type: text(),
    description: text(),
  },
  *generate({ files }) {
    for (const { serial, ...key } of parseProcKeys(files.readText('/proc/keys') ?? ''))
      yield { serial_number: serial, ...key };
  },
});
