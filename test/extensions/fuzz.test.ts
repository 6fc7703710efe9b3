/** A short form of `npm run fuzz:extensions`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { cleanEnv } from '../system/daemon-harness.ts';

t.test('malformed messages end nothing but their connections', (t) => {
  const script = join(import.meta.dirname, 'fuzz/fuzz.ts');
  const run = spawnSync(process.execPath, ['--expose-gc', script, '--frames', '6000', '--seed', '11'], {
    env: cleanEnv(),
    encoding: 'utf8',
  });
  t.equal(run.stderr, '');
  t.match(run.stdout, /nothing gave way\n$/);
  t.match(run.stdout, /^6000 messages/m);
  t.match(run.stdout, /^manager: bad_message: \d{3}/m, 'the manager refused');
  t.match(run.stdout, /^client: bad_answer: \d{3}/m, 'the client refused');
  t.equal(run.status, 0);
  t.end();
});
