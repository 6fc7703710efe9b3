import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { signedAccountNumber } from '../parsers/account-number.ts';
import { parseGroup } from '../parsers/group.ts';

/** Groups that share a number are all shown; osquery shows the first line of each number. */
export const groups: Table = defineTable({
  name: 'groups',
  description: 'User groups of /etc/group.',
  example: 'SELECT gid, groupname FROM groups WHERE gid >= 1000;',
  columns: {
    gid: bigint({ index: true }),
    gid_signed: bigint(),
    groupname: text(),
    group_sid: text({ index: true, hidden: true }),
    comment: text({ hidden: true }),
    is_hidden: integer({ hidden: true }),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    const gids = query.equals('gid');
    for (const { pid, files } of namespaceRoots(query)) {
      for (const { gid, groupname } of parseGroup(files.readText('/etc/group') ?? '')) {
        if (gids?.includes(String(gid)) === false) continue;
        yield { gid, gid_signed: signedAccountNumber(gid), groupname, pid_with_namespace: pid };
      }
    }
  },
});
