/** `leash doctor --extension` as it is run: which programs it starts. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { groundOf, whyNoGround } from '../supervisor/extensions/ground.ts';
import { cleanEnv, repositoryRoot } from './daemon-harness.ts';

const haveStrace = spawnSync('strace', ['-V']).status === 0;
const skip = whyNoGround() ?? (haveStrace ? false : 'strace is not installed');
const ground = groundOf(t);

t.test('it starts neither the extension, nor an interpreter, nor anything else', { skip }, (t) => {
  const mark = ground.at('it-ran');
  const script = ground.text('script.ext', `#!/usr/bin/env sh\ntouch ${mark}\n`);
  for (const path of [script, ground.elf('elf.ext')]) {
    const trace = ground.at('trace');
    const command = [join(repositoryRoot, 'bin/leash'), 'doctor', '--extension', path];
    const options = ['-f', '-qq', '-s', '4096', '-e', 'trace=execve,execveat', '-o', trace];
    const { stdout } = spawnSync('strace', [...options, ...command], { env: cleanEnv(), encoding: 'utf8' });
    t.match(stdout, /start +would be started/);
    // A line without a failure counts: strace cuts a call in two when another process is traced in between.
    const started = [...readFileSync(trace, 'utf8').matchAll(/execve(?:at)?\((?!.* = -1 )(.*)/g)];
    const itself = started.findIndex(([, call = '']) => call.includes('dist/leash.js'));
    t.ok(itself >= 0, 'the trace shows the command itself');
    t.strictSame(started.slice(itself + 1), [], path);
  }
  t.notOk(existsSync(mark));
  t.end();
});
