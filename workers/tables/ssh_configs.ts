import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { askedAccounts, homePath } from '../host/asked-accounts.ts';
import { parseSshConfig } from '../parsers/ssh-config.ts';

export const sshConfigs: Table = defineTable({
  name: 'ssh_configs',
  description: 'Options of users’ ~/.ssh/config and, as uid 0, of /etc/ssh/ssh_config.',
  example: 'SELECT u.username, c.block, c.option FROM users u JOIN ssh_configs c USING (uid);',
  userData: true,
  columns: {
    uid: bigint({ additional: true, optimized: true }),
    block: text(),
    option: text(),
    ssh_config_file: text(),
  },
  *generate(query) {
    const own = askedAccounts(query, query.files).map((account) => ({
      uid: account.uid,
      ssh_config_file: homePath(account, '.ssh/config'),
    }));
    // As in osquery, the system's file is always shown, under root's uid.
    const isWanted = query.equals('uid')?.includes('0') !== false;
    const system = isWanted ? [{ uid: 0, ssh_config_file: '/etc/ssh/ssh_config' }] : [];
    for (const { uid, ssh_config_file } of [...own, ...system]) {
      for (const option of parseSshConfig(query.files.readText(ssh_config_file) ?? '')) {
        yield { uid, ...option, ssh_config_file };
      }
    }
  },
});
