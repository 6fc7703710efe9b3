import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { askedAccounts, homePath } from '../host/asked-accounts.ts';
import { textLines } from '../parsers/text-lines.ts';

export const knownHosts: Table = defineTable({
  name: 'known_hosts',
  description: 'Lines of users’ ~/.ssh/known_hosts: the hosts that their ssh has met.',
  userData: true,
  columns: { uid: bigint({ index: true, optimized: true }), key: text(), key_file: text() },
  *generate(query) {
    for (const account of askedAccounts(query, query.files)) {
      const key_file = homePath(account, '.ssh/known_hosts');
      for (const key of textLines(query.files.readText(key_file) ?? '')) {
        if (!key.startsWith('#')) yield { uid: account.uid, key, key_file };
      }
    }
  },
});
