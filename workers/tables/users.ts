import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { signedAccountNumber } from '../parsers/account-number.ts';
import { parsePasswd } from '../parsers/passwd.ts';

export const users: Table = defineTable({
  name: 'users',
  description: 'User accounts of /etc/passwd.',
  example:
    "SELECT username, uid, shell FROM users WHERE shell NOT LIKE '%nologin' AND shell NOT LIKE '%false';",
  columns: {
    uid: bigint({ index: true }),
    gid: bigint(),
    uid_signed: bigint(),
    gid_signed: bigint(),
    username: text({ additional: true }),
    description: text(),
    directory: text(),
    shell: text(),
    uuid: text({ index: true, collate: 'NOCASE' }),
    type: text({ hidden: true }),
    is_hidden: integer({ hidden: true }),
    pid_with_namespace: integer({ additional: true, hidden: true }),
    include_remote: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    const include_remote = query.equals('include_remote')?.includes('1') ? 1 : 0;
    if (include_remote === 1) {
      query.warn('users: accounts of a directory service are not listed, only those of /etc/passwd');
    }
    const uids = query.equals('uid');
    const usernames = query.equals('username');
    for (const { pid, files } of namespaceRoots(query)) {
      for (const account of parsePasswd(files.readText('/etc/passwd') ?? '')) {
        if (uids?.includes(String(account.uid)) === false) continue;
        if (usernames?.includes(account.username) === false) continue;
        yield {
          ...account,
          uid_signed: signedAccountNumber(account.uid),
          gid_signed: signedAccountNumber(account.gid),
          pid_with_namespace: pid,
          include_remote,
        };
      }
    }
  },
});
