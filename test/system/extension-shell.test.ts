import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeExtension } from '../extensions/extension-files.ts';
import { makeGround } from '../supervisor/extensions/ground.ts';
import { whyNoNodeExtension } from '../supervisor/extensions/own-node.ts';
import { runCommand } from './daemon-harness.ts';
import { start } from './extension-harness.ts';

const skip = whyNoNodeExtension() ?? false;

t.test('leashi --connect asks the manager of a daemon', { skip }, async (t) => {
  const life = await start(t, { extensions: { probe: { name: 'probe' } } });
  await life.lines(/'probe' registered as/, 1);
  const socket = join(life.home.state, 'others.em');
  const sql =
    "SELECT n, typeof(n) AS type FROM probe; SELECT name FROM osquery_extensions WHERE name = 'probe'";
  const asked = await runCommand('leashi', ['--connect', socket, '--json', sql]);
  t.match(asked, { code: 0, stderr: '' });
  t.match(asked.stdout, /"n":"1","type":"integer".*"name":"probe"/s);
  const failed = await runCommand('leashi', ['--connect', socket, 'SELECT * FROM absent']);
  t.match(failed, { code: 1, stdout: '', stderr: /no such table: absent/ });
});

t.test('leashi --extension starts one for the life of the shell', { skip }, async (t) => {
  const ground = makeGround();
  t.teardown(() => ground.remove());
  const path = writeExtension(ground.root, 'shell', { name: 'shell_probe' });
  const sql =
    "SELECT state, socket FROM leash_extensions; SELECT type FROM osquery_extensions WHERE name = 'shell_probe'";
  const flags = [
    `--database_path=${join(ground.root, 'state')}`,
    '--extensions_timeout=30',
    '--list',
    '--noheader',
  ];
  const { code, stdout, stderr } = await runCommand('leashi', [...flags, '--extension', path, sql]);
  t.strictSame([code, stderr], [0, '']);
  const [state = '', type] = stdout.trim().split('\n');
  t.match([state, type], [/^serving\|/, 'extension']);
  t.notOk(existsSync(state.split('|')[1] ?? ''), 'nothing is left behind');
  const loose = writeExtension(ground.root, 'loose', { name: 'loose' });
  chmodSync(loose, 0o777);
  const refused = await runCommand('leashi', [...flags, '--extension', loose, 'SELECT 1']);
  t.match(refused, { code: 0, stdout: '1\n', stderr: /'loose': .* is not started: .*chmod go-w/ });
  const both = await runCommand('leashi', ['--extension', loose, '--connect', '/nowhere', 'SELECT 1']);
  t.match(both, { code: 1, stderr: /--connect asks a daemon/ });
});
