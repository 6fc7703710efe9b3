import t from 'tap';
import { makeHome, runCommand, startDaemon } from './daemon-harness.ts';

const sql = 'SELECT username FROM users WHERE uid = 0';

t.test('leash query --trace tells what each scan cost, with and without a daemon', async (t) => {
  const home = makeHome({});
  const daemon = await startDaemon(home);
  t.teardown(async () => {
    await daemon.end('SIGTERM');
    home.remove();
  });
  for (const answerer of [['--standalone'], ['--control', home.control]]) {
    const { code, stdout, stderr } = await runCommand('leash', [
      'query',
      '--csv',
      '--trace',
      ...answerer,
      sql,
    ]);
    t.equal(code, 0);
    t.match(stdout, /^username\n/);
    t.match(stderr, /^users: 1 scan, \d+ rows?, 1 path, [\d,]+ bytes read, .*\n {2}pushed down {2}uid =\n/);
  }
  const plain = await runCommand('leash', ['query', '--csv', '--control', home.control, sql]);
  t.equal(plain.stderr, '', 'nobody is told who did not ask');
});

t.test('leashi --planner tells the same', async (t) => {
  const { stderr } = await runCommand('leashi', ['--planner', '--csv', sql]);
  t.match(stderr, /^users: 1 scan/);
});
