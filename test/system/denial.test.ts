import { type ChildProcess, spawn } from 'node:child_process';
import t from 'tap';
import { makeHome, startDaemon } from './daemon-harness.ts';

/** A query that is endless as long as the process lives, and quick afterwards. */
const guiltyWhile = (child: ChildProcess): string => `
  WITH RECURSIVE c(n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE (SELECT count(*) FROM processes WHERE pid = ${child.pid ?? 0}) = 1
  ) SELECT count(*) AS n FROM c`;

t.test(
  'a query is stopped, denied, tried again, denied for longer, and let go when it is cured',
  async (t) => {
    const cause = spawn('sleep', ['60'], { stdio: 'ignore' });
    t.teardown(() => cause.kill('SIGKILL'));
    const home = makeHome({
      schedule: {
        offender: { query: guiltyWhile(cause), interval: 1, snapshot: true, limits: { cpu_ms: 150 } },
        innocent: { query: 'SELECT 1 AS one', interval: 1, snapshot: true },
      },
    });
    t.teardown(() => home.remove());
    const daemon = await startDaemon(home, ['--denylist_durations=1,2']);
    t.teardown(() => daemon.end('SIGKILL'));

    await daemon.line(/'offender' was stopped: it used [\d,]+ ms of CPU time; its limit is 150 \(cpu_ms\)/);
    await daemon.line(/'offender' is denied until .* \(strike 1\)/);
    const [first] = await daemon.ask('SELECT * FROM leash_verdicts');
    t.match(first, { query_name: 'offender', kind: 'fail', reason: 'cpu_ms', strike: '1', journalled: '1' });
    t.match(first, { limit_value: '150.0', scope: 'schedule:offender' });

    // Only a probation run can bring the second verdict: until then the query may not run.
    await daemon.line(/'offender' is denied until .* \(strike 2\)/);
    t.match(
      await daemon.ask("SELECT denylisted FROM osquery_schedule WHERE name = 'offender'"),
      [{ denylisted: '1' }],
      'told as osquery tells it',
    );

    cause.kill('SIGKILL');
    await daemon.line(/'offender' passed its probation run: its denial is lifted/);
    t.match(await daemon.ask("SELECT state FROM leash_denylist WHERE query_name = 'offender'"), [
      { state: 'watched' },
    ]);
    const judged = await daemon.ask("SELECT * FROM leash_verdicts WHERE query_name = 'innocent'");
    t.strictSame(judged, [], 'the other query was never judged');
    await daemon.end('SIGTERM');
    t.ok(home.resultLines('snapshots').some((line) => line.includes('"name":"innocent"')));
  },
);

t.test('a denial outlives its supervisor, and a person can end it', async (t) => {
  const endless = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c';
  const home = makeHome({
    schedule: { endless: { query: endless, interval: 1, limits: { cpu_ms: 100 } } },
  });
  t.teardown(() => home.remove());
  const first = await startDaemon(home);
  t.teardown(() => first.end('SIGKILL'));
  await first.line(/'endless' is denied until .* \(strike 1\)/);
  await first.end('SIGKILL');

  const second = await startDaemon(home);
  t.teardown(() => second.end('SIGKILL'));
  await second.line(/'endless' is denied until .* \(strike 1\)/);
  t.equal((await second.ask('SELECT * FROM leash_verdicts')).length, 1, 'it did not run again');
  const cleared = await second.command('denylist', 'clear', 'endless');
  t.equal(cleared.code, 0, cleared.stderr);
  await second.line(/'endless' was stopped/);
});

t.test('the death of a worker that no limit caused denies nothing', async (t) => {
  const home = makeHome({
    schedule: {
      slow: {
        query:
          'SELECT 1 WHERE (SELECT count(*) FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 30000000) SELECT n FROM c)) > 0',
        interval: 1,
      },
    },
  });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  let leased: { pid: string } | undefined;
  while (leased === undefined) {
    [leased] = await daemon.ask<{ pid: string }>("SELECT pid FROM leash_leases WHERE query_name = 'slow'");
  }
  process.kill(Number(leased.pid), 'SIGKILL');
  await daemon.line(/Worker \d+ was ended by SIGKILL while it ran 'slow'; nothing is denied/);
  await daemon.line(/'slow' failed: Worker \d+ was ended by SIGKILL while it ran the query/);
  t.strictSame(await daemon.ask('SELECT * FROM leash_denylist'), []);
  t.strictSame(await daemon.ask('SELECT * FROM leash_verdicts'), []);
  const [workers] = await daemon.ask('SELECT last_exit FROM leash_workers LIMIT 1');
  t.match(workers, { last_exit: /was ended by SIGKILL/ });
});

t.test('a share of a core over a window is a limit of its own', async (t) => {
  const endless = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c';
  const limits = { cpu_percent: 10, cpu_window_ms: 300 };
  const home = makeHome({ schedule: { greedy: { query: endless, interval: 1, limits } } });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  t.ok(await daemon.line(/'greedy' was killed: it used \d+ % of one core; its limit is 10 \(cpu_percent\)/));
});
