/** docs/EXTENSIONS.md: the tutorial is followed to the letter, and the reference names everything. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hostTables } from '../../../extensions/hostinfo/tables.ts';
import { makeGround } from '../../supervisor/extensions/ground.ts';
import { whyNoNodeExtension } from '../../supervisor/extensions/own-node.ts';
import { cleanEnv, repositoryRoot } from '../../system/daemon-harness.ts';
import { startManager } from '../manager-harness.ts';
import { ExtensionProcess } from './extension-process.ts';

const page = readFileSync(join(repositoryRoot, 'docs/EXTENSIONS.md'), 'utf8');
/** Fenced blocks with the words behind the fence. */
const blocks = [...page.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(
  ([, language = '', file = '', content = '']) => ({ language, file, content }),
);

t.test('the tutorial', { skip: whyNoNodeExtension() ?? false }, async (t) => {
  const ground = makeGround();
  t.teardown(() => ground.remove());
  const project = ground.at('log-sizes');
  const env = { ...cleanEnv(), PATH: `${join(repositoryRoot, 'bin')}:${process.env.PATH ?? ''}` };
  t.strictSame(
    blocks.map(({ language, file }) => [language, file]),
    [
      ['sh', ''],
      ['js', 'log-sizes-table.mjs'],
      ['js', 'log-sizes.test.mjs'],
      ['json', 'log-sizes.leash.json'],
      ['sh', ''],
      ['console', ''],
    ],
  );
  let cwd = ground.root;
  for (const { language, file, content } of blocks) {
    if (file !== '') {
      statSync(join(project, file));
      writeFileSync(join(project, file), content);
    }
    if (language !== 'sh') continue;
    const run = spawnSync('/bin/bash', ['-euc', content], { cwd, env, encoding: 'utf8' });
    t.equal(run.status, 0, `${content}${run.stdout}${run.stderr}`);
    cwd = project;
  }

  // What the daemon does then: it starts the extension within its manifest, and asks it.
  const manager = await startManager(t);
  const extension = await ExtensionProcess.startChecked(t, manager, join(project, 'log-sizes.ext'));
  const rowsIn = (directory: string) =>
    extension.rows('log_sizes', {
      constraints: new Map([['directory', [{ operator: '=', value: directory }]]]),
    });
  const logs = await rowsIn('/var/log');
  t.match(logs.status, { code: 0 });
  const files = readdirSync('/var/log', { withFileTypes: true }).filter((entry) => entry.isFile());
  t.strictSame(logs.rows.map((row) => row.get('name')).toSorted(), files.map(({ name }) => name).toSorted());
  t.strictSame((await rowsIn('/etc')).rows, [], 'what the manifest does not name is not read');
});

t.test('the reference names what the library exports, manifests may say, and hostinfo brings', async (t) => {
  const library = await import('../../../extensions/index.ts');
  for (const name of Object.keys(library)) t.match(page, new RegExp(`\`${name}[(\`]`), name);
  for (const member of ['read', 'write', 'net', 'childProcess', 'worker', 'addons'])
    t.match(page, `\`${member}\``);
  for (const { name } of hostTables) t.match(page, `\`${name}\``);
});
