import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { makeHome, type RunningDaemon, startDaemon } from './daemon-harness.ts';

/** A second or so of CPU time. */
const slow =
  'SELECT count(*) AS n FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 10000000) SELECT n FROM c)';
const one = { query: 'SELECT 1 AS one', interval: 1, snapshot: true };
const daily = { ...one, interval: 86_400 };

const info = async (daemon: RunningDaemon): Promise<{ config_hash: string; config_valid: string }> => {
  const [row] = await daemon.ask<{ config_hash: string; config_valid: string }>('SELECT * FROM osquery_info');
  if (row === undefined) throw new Error('osquery_info has one row');
  return row;
};

t.test('SIGHUP while a query runs: it ends as it began, and everything else is new', async (t) => {
  const home = makeHome({ schedule: { slow: { query: slow, interval: 1 }, gone: daily } });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  const before = await info(daemon);
  let lease: { rows: string; lease_id: string } | undefined;
  while (lease === undefined) {
    [lease] = await daemon.ask("SELECT * FROM leash_leases WHERE query_name = 'slow'");
  }
  home.writeConfig({ schedule: { slow: { query: slow, interval: 1, limits: { cpu_ms: 50 } }, fresh: one } });
  daemon.process.kill('SIGHUP');
  await daemon.line(/The config was read again: 2 scheduled queries; 1 added, 1 changed, 1 removed\./);
  await daemon.line(/'slow' was stopped: it used [\d,]+ ms of CPU time; its limit is 50 \(cpu_ms\)/);
  const verdicts = await daemon.ask('SELECT lease_id FROM leash_verdicts');
  t.notOk(
    verdicts.some(({ lease_id }) => lease_id === lease.lease_id),
    'the run that was under way kept its limits',
  );
  const after = await info(daemon);
  t.not(after.config_hash, before.config_hash);
  t.equal(after.config_valid, '1');
  t.strictSame(
    (await daemon.ask('SELECT name FROM osquery_schedule ORDER BY name')).map(({ name }) => name),
    ['fresh', 'slow'],
  );
  t.match(
    await daemon.ask("SELECT * FROM leash_limits WHERE query_name = 'slow' AND limit_name = 'cpu_ms'"),
    [{ limit_value: '50.0', origin: 'query', config_value: '50.0', override_until: '0' }],
  );
});

t.test('a broken config is refused with all its problems; unchanged files change nothing', async (t) => {
  const home = makeHome({ schedule: { one } });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  const before = await info(daemon);
  const idle = await daemon.command('reload');
  t.match(idle, { code: 0, stdout: 'The config has not changed.\n' });

  home.writeConfig({ schedule: { one: { query: 7 }, two: { query: 'SELECT 1', interval: 0 } } });
  const refused = await daemon.command('reload');
  t.equal(refused.code, 1);
  t.match(refused.stdout, /schedule\.one\.query/);
  t.match(refused.stdout, /schedule\.two\.interval/);
  t.match(refused.stdout, /refused as a whole/);
  t.strictSame({ ...(await info(daemon)) }, { ...before, config_valid: '0' });
  t.match((await daemon.command('status')).stdout, /what its files hold now was refused/);
  t.ok(await daemon.line(/refused as a whole; the old one stays in force/), 'the log tells, too');

  home.writeConfig({ schedule: { one }, options: { workers_max: 3 } });
  const applied = await daemon.command('reload');
  t.equal(applied.code, 0);
  t.match(applied.stdout, /--workers_max changes with the next start of the daemon\./);
  t.equal((await info(daemon)).config_valid, '1');
});

t.test('config_refresh sees a file that comes by itself', async (t) => {
  const home = makeHome({ schedule: { one: daily } });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home, ['--config_refresh=1']);
  t.teardown(() => daemon.end('SIGKILL'));
  mkdirSync(`${home.config}.d`, { mode: 0o700 });
  writeFileSync(join(`${home.config}.d`, 'more.conf'), JSON.stringify({ schedule: { two: daily } }), {
    mode: 0o600,
  });
  t.ok(await daemon.line(/2 scheduled queries; 1 added, 0 changed, 0 removed/));
});

t.test('tables and views of the config change with it, and what cannot be used is in the log', async (t) => {
  const path = join(t.testdir(), 'app.db');
  const database = new Database(path);
  database.exec("CREATE TABLE notes (text); INSERT INTO notes VALUES ('a'), ('b')");
  database.close();
  const notes = { query: 'SELECT text FROM notes', path, columns: ['text'] };
  const views = { noted: 'SELECT count(*) AS n FROM notes', time: 'SELECT 1' };
  const home = makeHome({ schedule: {}, auto_table_construction: { notes }, views });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  t.match(await daemon.ask('SELECT n FROM noted'), [{ n: '2' }]);
  t.ok(await daemon.line(/The config's view 'time' cannot be used: there is a table of this name already/));
  home.writeConfig({ schedule: {}, views: { noted: 'SELECT 7 AS n' } });
  t.equal((await daemon.command('reload')).code, 0);
  t.match(await daemon.ask('SELECT n FROM noted'), [{ n: '7' }]);
  t.match((await daemon.command('query', 'SELECT * FROM notes')).stderr, /no such table: notes/);
});

t.test('an override lets a query pass that was stopped; a restart keeps it', async (t) => {
  const home = makeHome({ schedule: { slow: { query: slow, interval: 1, limits: { cpu_ms: 100 } } } });
  t.teardown(() => home.remove());
  const first = await startDaemon(home);
  t.teardown(() => first.end('SIGKILL'));
  await first.line(/'slow' is denied until .* \(strike 1\)/);
  const wrong = await first.command('limit', 'slw', '--cpu_ms', '20000');
  t.match(wrong, { code: 1, stderr: "Error: no scheduled query is called 'slw'; did you mean 'slow'?\n" });
  t.match(await first.command('limit', 'slow', '--cpu_ms', '0'), {
    code: 1,
    stderr: /must be a number above 0/,
  });
  t.match(await first.command('limit', 'slow', '--cpu_ms', '1', '--for', '8d'), {
    code: 1,
    stderr: /7 days at most/,
  });
  const set = await first.command('limit', 'slow', '--cpu_ms', '60000', '--for', '1h');
  t.match(set, { code: 0, stdout: /slow {2}cpu_ms 60000 \(was 100\) {2}until \S+ {2}by uid \d+\n/ });
  await first.line(
    /The override cpu_ms=60000 for 'slow' until \S+ is in force, set by uid \d+; before: cpu_ms=100\./,
  );
  const executions = async (): Promise<number> => {
    const [row] = await first.ask<{ executions: string }>('SELECT executions FROM osquery_schedule');
    return Number(row?.executions);
  };
  while ((await executions()) === 0);
  t.pass('it passes');
  t.match((await first.command('status')).stdout, /limit {5}cpu_ms 60000 \(override until \S+\): slow/);
  await first.end('SIGKILL');

  const second = await startDaemon(home);
  t.teardown(() => second.end('SIGKILL'));
  await second.line(/The override cpu_ms=60000 for 'slow' until \S+ is still in force/);
  t.match((await second.command('limit', 'list')).stdout, /^slow {2}cpu_ms 60000/);
  const [row] = await second.ask<{ limits: string }>('SELECT limits FROM osquery_schedule');
  t.match(JSON.parse(row?.limits ?? '{}'), {
    cpu_ms: { value: 60_000, origin: 'override' },
    rows: { origin: 'level' },
  });
  t.equal((await second.command('limit', 'clear', 'slow')).code, 0);
  await second.line(/The override .* was taken back/);
  t.equal((await second.command('limit', 'list')).stdout, 'No limit is overridden.\n');
  t.match(
    await second.ask('SELECT denylisted FROM osquery_schedule'),
    [{ denylisted: '1' }],
    'the old record',
  );
});

t.test(
  "osquery's flags: a memory limit acts, and without its watchdog the daemon is loud and ends nothing",
  async (t) => {
    const home = makeHome({
      schedule: { slow: { query: slow, interval: 1, limits: { cpu_percent: 5, cpu_window_ms: 200 } } },
    });
    t.teardown(() => home.remove());
    const daemon = await startDaemon(home, ['--disable_watchdog', '--watchdog_memory_limit=300']);
    t.teardown(() => daemon.end('SIGKILL'));
    t.ok(await daemon.line(/THE WATCHDOG IS OFF/));
    t.match((await daemon.command('status')).stdout, /THE WATCHDOG IS OFF/);
    t.match(await daemon.ask("SELECT * FROM leash_limits WHERE limit_name = 'memory_mb'"), [
      { limit_value: '300.0', origin: 'flag' },
    ]);
    const executions = async (): Promise<number> => {
      const [row] = await daemon.ask<{ executions: string }>('SELECT executions FROM osquery_schedule');
      return Number(row?.executions);
    };
    while ((await executions()) === 0);
    t.strictSame(
      await daemon.ask('SELECT * FROM leash_verdicts'),
      [],
      'its share of a core was far over its limit',
    );
  },
);
