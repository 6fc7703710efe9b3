import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { parseProcKeys } from '../parsers/proc-keys.ts';

/**
 * A description is as the kernel writes it, `_ses: 1`. osquery takes the blank out of it, `_ses:1`, and leaves out a key that has
 * another blank in its own: that of a certificate.
 */
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
