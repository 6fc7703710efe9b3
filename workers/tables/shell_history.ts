import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { askedAccounts, homePath } from '../host/asked-accounts.ts';
import type { Account } from '../parsers/passwd.ts';
import { parseShellHistory } from '../parsers/shell-history.ts';

const historyFiles = [
  '.bash_history',
  '.zsh_history',
  '.zhistory',
  '.history',
  '.sh_history',
  '.ash_history',
] as const;

export const shellHistory: Table = defineTable({
  name: 'shell_history',
  description: 'Commands in the history files of users’ shells.',
  example:
    "SELECT u.username, h.command FROM users u JOIN shell_history h USING (uid) WHERE h.command LIKE '%sudo%';",
  userData: true,
  columns: {
    uid: bigint({ additional: true, optimized: true }),
    time: integer(),
    command: text(),
    history_file: text(),
  },
  *generate(query) {
    for (const account of askedAccounts(query, query.files)) {
      for (const history_file of historyPaths(query.files, account)) {
        for (const entry of parseShellHistory(query.files.readText(history_file) ?? '')) {
          yield { uid: account.uid, ...entry, history_file };
        }
      }
    }
  },
});

/** Paths of the history files, those of macOS's session-wise bash last. */
function* historyPaths(files: HostFiles, account: Account): Generator<string> {
  for (const name of historyFiles) yield homePath(account, name);
  const sessions = homePath(account, '.bash_sessions');
  for (const name of (files.list(sessions) ?? []).toSorted()) {
    if (name.endsWith('.history')) yield `${sessions}/${name}`;
  }
}
