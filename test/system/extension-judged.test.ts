import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { scratch } from '../extensions/sockets.ts';
import { whyNoNodeExtension } from '../supervisor/extensions/own-node.ts';
import { until } from './daemon-harness.ts';
import { familyOf, start } from './extension-harness.ts';

const skip = whyNoNodeExtension() ?? false;

t.test('what breaks its budget is judged, killed with its family, and denied', { skip }, async (t) => {
  const life = await start(t, {
    extensions: {
      hog: { name: 'hog', takes: 'memory' },
      leaky: { name: 'leaky', takes: 'descriptors' },
      bomb: { name: 'bomb', takes: 'processes' },
      spared: { name: 'spared', takes: 'descriptors' },
      calm: { name: 'calm' },
    },
    settings: { hog: { memory_mb: 150 }, bomb: { processes: 20 }, spared: { denylist: false } },
    // The kernel's own limit would be quicker than the guard's, or not.
    flags: ['--denylist_durations=3600', '--worker_cgroups=false'],
  });
  const calm = await life.started('calm');
  for (const name of ['hog', 'leaky', 'bomb']) await life.lines(new RegExp(`'${name}' is denied until`), 1);
  await life.lines(/Extension 'spared' was killed: it used [\d,]+ open descriptors; its limit is 512/, 2);
  const verdicts = await life.daemon.ask(
    'SELECT DISTINCT query_name, subject, reason, limit_value, strike, journalled FROM leash_verdicts ORDER BY query_name',
  );
  t.match(verdicts, [
    {
      query_name: 'bomb',
      subject: 'extension',
      reason: 'processes',
      limit_value: '20.0',
      strike: '1',
      journalled: '1',
    },
    { query_name: 'hog', reason: 'memory_mb', limit_value: '150.0', strike: '1' },
    { query_name: 'leaky', reason: 'descriptors', limit_value: '512.0', strike: '1' },
    { query_name: 'spared', reason: 'descriptors', strike: '0' },
  ]);
  await life.lines(/'bomb', \d+, is registered no more/, 1);
  await until(() => familyOf(life.daemon.pid, 'sleep').length === 0);
  t.match(await life.row('bomb'), { state: 'denied', last_exit: /killed for processes/ });
  t.match(await life.daemon.ask("SELECT scope, state FROM leash_denylist WHERE query_name = 'hog'"), [
    { scope: 'extension:hog', state: 'denied' },
  ]);
  const samples = await life.daemon.ask(
    "SELECT max(processes) AS most FROM leash_samples WHERE query_name = 'bomb'",
  );
  t.ok(Number(samples[0]?.most) > 20);
  const why = await life.daemon.command('why', 'hog');
  t.match(why.stdout, /'hog' is denied.*Extension 'hog' was killed: it used \d+ MB\s+of memory/s);
  t.match(why.stdout, /memory_mb under "extensions": \{"hog": …\}/s);
  t.match(
    await life.row('calm'),
    { state: 'serving', restarts: '0', pid: String(calm) },
    'the innocent one lives',
  );
  t.match((await life.daemon.command('denylist', 'list')).stdout, /hog {2}denied/);
  t.match((await life.daemon.command('denylist', 'clear', 'hog')).stdout, /1 record cleared/);
  await life.started('hog', 2);
  t.match((await life.daemon.command('denylist', 'add', 'calm', '--for', '1h')).stdout, /denied for 1h/);
  await life.lines(/'calm' has ended: it was ended: an operator denied it/, 1);
});

t.test('one that hangs in generate is blamed for the query that waits, which is not', { skip }, async (t) => {
  const life = await start(t, {
    extensions: {
      hanging: { name: 'hanging_registered', table: 'hanging_rows', generates: 'never' },
      calm: { name: 'calm' },
    },
    schedule: {
      stuck: { query: 'SELECT n FROM hanging_rows', interval: 1, limits: { wall_ms: 3_000 } },
      easy: { query: 'SELECT n FROM calm', interval: 1 },
    },
  });
  await life.lines(/'stuck' came to its deadline while it waited for extension 'hanging_registered'/, 1);
  await life.lines(/Extension 'hanging' was killed: it used .* of a query that waited for it/, 1);
  await life.lines(/'stuck' failed: extension "hanging_registered" did not answer.*not at fault/, 1);
  await life.lines(/'hanging_registered', \d+, is registered no more/, 1);
  const verdicts =
    'SELECT DISTINCT subject, scope, kind, reason, limit_value, journalled FROM leash_verdicts';
  t.strictSame(await life.daemon.ask(verdicts), [
    {
      subject: 'extension',
      scope: 'extension:hanging',
      kind: 'kill',
      reason: 'wall_ms',
      limit_value: '3000.0',
      journalled: '1',
    },
  ]);
  const denied = "SELECT * FROM leash_denylist WHERE query_name <> 'hanging'";
  t.strictSame(await life.daemon.ask(denied), [], 'no query is denied');
  t.match(await life.row('hanging'), { last_exit: /killed for wall_ms: \d+, its limit is 3000/ });
  const why = (await life.daemon.command('why', 'hanging')).stdout.replace(/\s+/g, ' ');
  t.match(why, /Extension 'hanging' was killed: it used [\d,]+ ms of a query that waited for it/);
  t.match(await life.row('calm'), { state: 'serving', restarts: '0' });
  await life.started('hanging', 2);
});

t.test(
  'a table that its extension forgets goes alone, in clear words, and comes back',
  { skip },
  async (t) => {
    const forgets = scratch(t);
    const life = await start(t, {
      extensions: {
        two: { name: 'two_registered', table: 'lost', beside: 'kept', forgets },
        one: { name: 'one_registered', table: 'alone', forgets },
      },
    });
    const ask = (table: string) => life.daemon.command('query', '--json', `SELECT n FROM ${table}`);
    const listed = () =>
      life.daemon.ask(
        "SELECT name FROM osquery_registry WHERE name IN ('alone', 'kept', 'lost') ORDER BY name",
      );
    for (const table of ['lost', 'kept', 'alone'])
      await until(() => existsSync(join(forgets, `${table}.told`)));
    t.match(await ask('lost'), { code: 0, stdout: /"n"/ });
    writeFileSync(join(forgets, 'lost'), '');
    writeFileSync(join(forgets, 'alone'), '');
    await life.lines(
      /Table 'lost' of extension 'two_registered' is taken off: it told no columns twice in a row \(it answers status 1: there is no lost\)/,
      1,
    );
    await life.lines(/Table 'alone' of .* was the last that told its columns/, 1);
    await life.lines(/'one_registered', \d+, is registered no more \(gone\)/, 1);
    const missing = await ask('lost');
    t.equal(missing.code === 0, false);
    t.match(
      missing.stderr.replace(/\s+/g, ' '),
      /no such table: lost: extension "two_registered", which brought it, does not answer for it any more \(since \d{4}-/,
    );
    t.match(await ask('kept'), { code: 0, stdout: /"n"/ });
    t.strictSame(await listed(), [{ name: 'kept' }]);
    t.match(await life.row('two'), { state: 'serving', away_tables: 'lost', restarts: '0' });
    t.match(await life.row('one'), { uuids: '', away_tables: '' });
    const status = async (): Promise<string> => (await life.daemon.command('status')).stdout;
    t.match(await status(), /extension two serving, .*, 0 restarts, without its tables lost$/m);
    rmSync(join(forgets, 'lost'));
    await life.lines(/Table 'lost' of extension 'two_registered' tells its columns again: it is back/, 1);
    t.match(await ask('lost'), { code: 0, stdout: /"n"/ });
    t.match(await life.row('two'), { away_tables: '' });
    t.match(await status(), /extension two serving, .*, 0 restarts$/m);
  },
);
