import { bigint, defineTable, type Table } from '../../protocol/table.ts';
import { parseGroup } from '../parsers/group.ts';
import { parsePasswd } from '../parsers/passwd.ts';

/**
 * Accounts and groups of a directory service are not known here: only those of the two files are. A uid with several
 * accounts has the groups of all of them, each once; osquery has those of the first account.
 */
export const userGroups: Table = defineTable({
  name: 'user_groups',
  description: 'Groups of the users of /etc/passwd: their own one, and those of /etc/group that list them.',
  columns: { uid: bigint({ index: true, optimized: true }), gid: bigint({ index: true }) },
  *generate(query) {
    const uids = query.equals('uid');
    const gids = query.equals('gid');
    const byMember = groupsByMember(query.files.readText('/etc/group') ?? '');
    const byUid = new Map<number, Set<number>>();
    for (const { username, uid, gid } of parsePasswd(query.files.readText('/etc/passwd') ?? '')) {
      if (uids?.includes(String(uid)) === false) continue;
      const known = byUid.get(uid) ?? new Set();
      byUid.set(uid, known);
      for (const each of [gid, ...(byMember.get(username) ?? [])]) known.add(each);
    }
    for (const [uid, groups] of byUid) {
      for (const gid of groups) if (gids?.includes(String(gid)) !== false) yield { uid, gid };
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
