import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { sshConfigs } from '../../../workers/tables/ssh_configs.ts';
import { askHost, scratch } from './ask-host.ts';
import { scan, tree } from './run-table.ts';

const passwd = 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n';

t.test('options of the users asked for; the system’s belong to root', async (t) => {
  const root = tree(t, {
    etc: { passwd, ssh: { ssh_config: 'Host *\n  SendEnv LANG\n' } },
    root: { '.ssh': { config: 'User root\n' } },
    home: { alice: { '.ssh': { config: 'Host web\n  Port 2222\n' } } },
  });
  const rows = (uid: number, ...uids: string[]): unknown =>
    scan(sshConfigs, { root, facts: { uid }, ...(uids.length > 0 && { equals: { uid: uids } }) }).rows.map(
      Object.values,
    );
  const roots = [0, '', 'user root', '/root/.ssh/config'];
  const alices = [1000, 'host web', 'port 2222', '/home/alice/.ssh/config'];
  const systems = [0, 'host *', 'sendenv lang', '/etc/ssh/ssh_config'];
  t.strictSame(rows(0), [roots, systems]);
  t.strictSame(rows(1000), [alices, systems]);
  t.strictSame(rows(0, '1000'), [alices]);
  t.strictSame(rows(1000, '0', '1000'), [roots, alices, systems]);
  const { opened } = scan(sshConfigs, { root, equals: { uid: ['1000'] } });
  t.strictSame(opened, ['/etc/passwd', '/home/alice/.ssh/config'], 'the system’s file serves uid 0 alone');
});

t.test('a FIFO in the way is not opened', async (t) => {
  const root = scratch(t);
  for (const directory of ['etc/ssh', 'root/.ssh']) mkdirSync(join(root, directory), { recursive: true });
  writeFileSync(join(root, 'etc/passwd'), passwd);
  execFileSync('mkfifo', [join(root, 'etc/ssh/ssh_config'), join(root, 'root/.ssh/config')]);
  const { rows, failure, refused_reads } = askHost('SELECT * FROM ssh_configs WHERE uid = 0', root);
  t.strictSame([rows, failure, refused_reads], [[], undefined, 2]);
});
