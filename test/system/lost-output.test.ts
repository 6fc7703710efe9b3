/** Output that nobody takes any more, or that has no room. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { cleanEnv, makeHome, repositoryRoot, startDaemon, until } from './daemon-harness.ts';

t.test('a daemon outlives the reader of its standard error', async (t) => {
  const home = makeHome({ schedule: { wrong: { query: 'SELECT * FROM nowhere', interval: 1 } } });
  const daemon = await startDaemon(home);
  const exited = once(daemon.process, 'exit');
  t.teardown(() => {
    daemon.process.kill('SIGKILL');
    home.remove();
  });
  await daemon.line(/no such table: nowhere/);
  daemon.process.stderr?.destroy();
  const failures = (): number =>
    readFileSync(join(home.logs, 'leashd.log'), 'utf8').split('no such table: nowhere').length - 1;
  const before = failures();
  await until(() => failures() > before + 1 || daemon.process.exitCode !== null);
  t.equal(daemon.process.exitCode, null);
  t.strictSame(await daemon.ask('SELECT 1 AS one'), [{ one: '1' }]);
  daemon.process.kill('SIGTERM');
  t.strictSame(await exited, [0, null], 'and ends in order');
});

for (const [name, ...args] of [
  ['leash', 'query', '--standalone', 'SELECT 1'],
  ['leashi', '--json', 'SELECT 1'],
  ['leashd', '--help'],
] as const) {
  t.test(`${name} says that its output has no room`, async (t) => {
    const child = spawn(join(repositoryRoot, 'bin', name), args, {
      env: cleanEnv(),
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    if (child.stderr === null) throw new Error('no standard error');
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    t.equal(code, 1);
    t.match(said, /^Error: the output cannot be written: ENOSPC.*\n$/);
  });
}
