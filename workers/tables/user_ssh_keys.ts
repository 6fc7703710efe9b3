import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { askedAccounts, homePath } from '../host/asked-accounts.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { privateKeyFacts } from '../host/private-key.ts';

/** osquery tells neither kind nor length of a key in OpenSSH's own format, and no kind of ed25519: here they are. */
export const userSshKeys: Table = defineTable({
  name: 'user_ssh_keys',
  description:
    'Private keys in users’ ~/.ssh: their kind, and whether they have a pass phrase. Never a key itself.',
  userData: true,
  columns: {
    uid: bigint({ additional: true, optimized: true }),
    path: text({ index: true }),
    encrypted: integer(),
    key_type: text(),
    key_group_name: text(),
    key_length: integer(),
    key_security_bits: integer(),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    const paths = query.equals('path');
    for (const { pid, files } of namespaceRoots(query)) {
      for (const account of askedAccounts(query, files)) {
        for (const name of (files.list(homePath(account, '.ssh')) ?? []).toSorted()) {
          const path = homePath(account, `.ssh/${name}`);
          if (paths?.includes(path) === false) continue;
          const facts = privateKeyFacts(files.readText(path, 'latin1') ?? '');
          if (facts !== undefined) yield { uid: account.uid, path, ...facts, pid_with_namespace: pid };
        }
      }
    }
  },
});
