import { bigint, defineTable, type Table } from '../../protocol/table.ts';
import { parseGroup } from '../parsers/group.ts';
import { parsePasswd } from '../parsers/passwd.ts';

/** Accounts and groups of a directory service are not known here: only those of the two files are. */
export const userGroups: Table = defineTable({
  name: 'user_groups',
  description: 'Groups of the users of /etc/passwd: their own one, and those of /etc/group that list them.',
  columns: { uid: bigint({ index: true, optimized: true }), gid: bigint({ index: true }) },
  *generate(query) {
    const uids = query.equals('uid');
    const gids = query.equals('gid');
    const byMember = groupsByMember(query.files.readText('/etc/group') ?? '');
    for (const { username, uid, gid } of parsePasswd(query.files.readText('/etc/passwd') ?? '')) {
      if (uids?.includes(String(uid)) === false) continue;
      for (const each of new Set([gid, ...(byMember.get(username) ?? [])])) {
        if (gids?.includes(String(each)) !== false) yield { uid, gid: each };
      }
    }
  },
});

const groupsByMember = (content: string): ReadonlyMap<string, readonly number[]> => {
  const byMember = new Map<string, number[]>();
  for (const { gid, members } of parseGroup(content)) {
    for (const member of members) {
      const known = byMember.get(member);
      if (known === undefined) byMember.set(member, [gid]);
      else known.push(gid);
    }
  }
  return byMember;
};
