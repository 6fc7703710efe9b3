import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { askedAccounts, homePath } from '../host/asked-accounts.ts';
import { namespaceRoots } from '../host/namespaces.ts';
import { parseAuthorizedKeys } from '../parsers/authorized-keys.ts';

/**
 * Keys of every type that sshd takes, those of hardware tokens and certificates too, which osquery passes over. A key with
 * a type's name among its options is told by the type that stands before it.
 */
export const authorizedKeys: Table = defineTable({
  name: 'authorized_keys',
  description: 'Public keys that may log in as a user, from ~/.ssh/authorized_keys and authorized_keys2.',
  example:
    'SELECT u.username, k.algorithm, k.comment, k.options FROM users u JOIN authorized_keys k USING (uid);',
  userData: true,
  columns: {
    uid: bigint({ additional: true }),
    algorithm: text(),
    key: text(),
    options: text(),
    comment: text(),
    key_file: text(),
    pid_with_namespace: integer({ additional: true, hidden: true }),
  },
  *generate(query) {
    for (const { pid, files } of namespaceRoots(query)) {
      for (const account of askedAccounts(query, files)) {
        for (const name of ['authorized_keys', 'authorized_keys2']) {
          const key_file = homePath(account, `.ssh/${name}`);
          for (const key of parseAuthorizedKeys(files.readText(key_file) ?? '')) {
            yield { uid: account.uid, ...key, key_file, pid_with_namespace: pid };
          }
        }
      }
    }
  },
});
