import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { parseShadow } from '../parsers/shadow.ts';

export const shadow: Table = defineTable({
  name: 'shadow',
  description: 'State and ageing of the passwords in /etc/shadow; never a hash.',
  example: "SELECT username, password_status, hash_alg FROM shadow WHERE password_status != 'locked';",
  columns: {
    password_status: text(),
    hash_alg: text(),
    last_change: bigint(),
    min: bigint(),
    max: bigint(),
    warning: bigint(),
    inactive: bigint(),
    expire: bigint(),
    flag: bigint(),
    username: text({ index: true, optimized: true }),
  },
  *generate(query) {
    const usernames = query.equals('username');
    for (const entry of parseShadow(query.files.readText('/etc/shadow') ?? '')) {
      if (usernames?.includes(entry.username) !== false) yield entry;
    }
  },
});
