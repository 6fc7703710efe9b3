import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { cpuTime_ms } from '../cpu-time.ts';
import { nobody, whyNoOtherUser } from '../other-user.ts';
import { childrenOf, cleanEnv, processState, repositoryRoot, runCommand, until } from './daemon-harness.ts';

/** One operation of SQLite that takes for ever: nothing inside the worker can end it. */
const stuck = `SELECT regex_match('${'a'.repeat(60)}!', '^(a+)+\\1b', 0)`;

/** The launcher has children too, for a moment. */
const isWorker = (pid: number): boolean =>
  existsSync(`/proc/${pid}/cmdline`) &&
  readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('\0--permission\0');

for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  t.test(`${signal} ends a query without a daemon, and its worker with it`, async (t) => {
    const args = ['query', '--standalone', stuck];
    const child = spawn(join(repositoryRoot, 'bin/leash'), args, { env: cleanEnv(), stdio: 'ignore' });
    const exited = once(child, 'exit');
    const pid = child.pid ?? 0;
    await until(() => childrenOf(pid).some(isWorker));
    const worker = childrenOf(pid).find(isWorker) ?? 0;
    // A start takes a tenth of a second; a second of CPU time is the query.
    await until(() => cpuTime_ms(worker) > 1_000);
    child.kill(signal);
    t.strictSame(await exited, [null, signal], 'whoever waits for it is told the signal');
    await until(() => ['Z', undefined].includes(processState(worker)));
    t.pass('the worker is gone');
  });
}

t.test('an empty result says so when the kernel kept something back', { skip: whyNoOtherUser }, async (t) => {
  const ask = (sql: string, user: { uid?: number; gid?: number }) =>
    runCommand('leash', ['query', '--standalone', '--json', sql], { cwd: '/', ...user });
  const shadow = 'SELECT username FROM shadow';
  t.match(await ask(shadow, nobody), {
    code: 0,
    stderr: 'Warning: there are no rows, and 1 read was denied to user 65534: root may see more\n',
  });
  t.match(await ask(shadow, {}), { code: 0, stdout: /root/, stderr: '' });
  t.match(
    await ask("SELECT username FROM shadow WHERE username = 'x'", {}),
    { code: 0, stderr: '' },
    'none there',
  );
  t.match(await ask('SELECT pid, cwd FROM processes', nobody), { code: 0, stderr: '' }, 'some rows came');
});
