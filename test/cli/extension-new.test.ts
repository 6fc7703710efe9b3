/** `leash extension new`: what it makes works as it is, on whatever Node the host has. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { nodeProgramHost } from '../../platform/node/extension-files/program-host.ts';
import { checkExtension } from '../../supervisor/extensions/open-checked.ts';
import { startManager } from '../extensions/manager-harness.ts';
import { ExtensionProcess } from '../extensions/sdk/extension-process.ts';
import { scratch } from '../extensions/sockets.ts';
import { makeGround, whyNoGround } from '../supervisor/extensions/ground.ts';
import { cleanEnv, repositoryRoot, runCommand } from '../system/daemon-harness.ts';

const make = async (t: Test, name = 'my-greeter'): Promise<string> => {
  const directory = join(scratch(t), 'project');
  const { code, stdout, stderr } = await runCommand('leash', ['extension', 'new', name, directory]);
  t.strictSame([code, stderr], [0, '']);
  t.match(stdout, `leash doctor --extension ${directory}/${name}.ext`);
  return directory;
};

/** Every `node` that a daemon would find, and our own. */
const nodes = [...new Set([process.execPath, '/usr/local/bin/node', '/usr/bin/node'])].filter(existsSync);

t.test('it registers, answers, and passes its own test', async (t) => {
  const directory = await make(t);
  for (const node of nodes) {
    const version = spawnSync(node, ['--version'], { env: cleanEnv(), encoding: 'utf8' }).stdout.trim();
    const manager = await startManager(t);
    const command = [node, join(directory, 'my-greeter.ext')];
    const extension = await ExtensionProcess.start(t, manager, command);
    const { rows } = await extension.rows('my_greeter', {
      constraints: new Map([['name', [{ operator: '=', value: 'Ada' }]]]),
    });
    t.strictSame(
      rows.map((row) => row.get('greeting')),
      ['Hello, Ada!', 'Good morning, Ada!', 'Good evening, Ada!'],
      version,
    );
    extension.child.kill('SIGTERM');
    t.strictSame(await extension.ended(), { code: 0, errors: '' });
    const test = spawnSync(node, ['--test'], { cwd: directory, env: cleanEnv(), encoding: 'utf8' });
    t.match(test, { status: 0, stdout: /pass 2/ }, `its own test, ${version}`);
  }
});

t.test('its types are those of the library, and tell a mistake', async (t) => {
  const directory = await make(t);
  const flags = [
    '--ignoreConfig',
    '--noEmit',
    '--checkJs',
    '--strict',
    '--target',
    'es2023',
    '--module',
    'nodenext',
  ];
  const types = ['--types', 'node', '--typeRoots', join(repositoryRoot, 'node_modules/@types')];
  const compiler = join(repositoryRoot, 'node_modules/.bin/tsc');
  const check = (...files: readonly string[]) =>
    spawnSync(process.execPath, [compiler, ...flags, ...types, ...files], {
      cwd: directory,
      encoding: 'utf8',
    });
  t.match(check('my-greeter.mjs', 'my-greeter.test.mjs'), { status: 0, stdout: '' });
  const source = readFileSync(join(directory, 'my-greeter-table.mjs'), 'utf8');
  writeFileSync(join(directory, 'wrong.mjs'), source.replace('length: greeting.length', "length: 'long'"));
  t.match(check('wrong.mjs'), { status: 1, stdout: /not assignable to type 'number \| bigint/ });
});

t.test(
  'nobody but its owner may write it, and a daemon would start it',
  { skip: whyNoGround() ?? false },
  async (t) => {
    const ground = makeGround();
    t.teardown(() => ground.remove());
    const directory = ground.at('project');
    const umask = process.umask(0);
    const { code } = await runCommand('leash', ['extension', 'new', 'hello', directory]);
    process.umask(umask);
    t.equal(code, 0);
    for (const name of ['.', ...readdirSync(directory, { recursive: true, encoding: 'utf8' })]) {
      t.equal(statSync(join(directory, name)).mode & 0o022, 0, name);
    }
    const rules = { uid: process.getuid?.() ?? 0, nameRule: true, allowUnsafe: false };
    const { judgement, permitted } = checkExtension(nodeProgramHost, join(directory, 'hello.ext'), rules);
    const own = judgement.refusals.filter(({ component }) => component.startsWith(ground.root));
    t.strictSame(own, []);
    t.match(permitted, { manifest: { read: [], write: [], net: false }, file: join(directory, 'hello.mjs') });
  },
);

t.test('what exists is left alone, and a name has to be one', async (t) => {
  const directory = scratch(t);
  mkdirSync(join(directory, 'taken'));
  const again = await runCommand('leash', ['extension', 'new', 'taken'], { cwd: directory });
  t.match(again, { code: 1, stdout: '', stderr: /^Error: .*\/taken exists\. Name another directory\.\n$/ });
  t.strictSame(readdirSync(join(directory, 'taken')), []);
  for (const name of ['Hello', '1st', 'a b', '../a', 'a-', 'leash', "a'b", 'ü']) {
    const { code, stderr } = await runCommand('leash', ['extension', 'new', name], { cwd: directory });
    t.match([code, stderr], [1, /is no name for an extension/], name);
  }
  t.strictSame(readdirSync(directory), ['taken']);
});
