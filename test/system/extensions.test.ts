/** Managed extensions under a real leashd: real files, processes and sockets. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeExtension } from '../extensions/extension-files.ts';
import { isGone, livingMarked } from '../extensions/marked-processes.ts';
import { withoutPython } from '../extensions/python-harness.ts';
import { scratch } from '../extensions/sockets.ts';
import { otherUid, runsAsRoot } from '../other-user.ts';
import { makeGround } from '../supervisor/extensions/ground.ts';
import { whyNoNodeExtension } from '../supervisor/extensions/own-node.ts';
import { runCommand, startDaemon, until } from './daemon-harness.ts';
import { reader, start } from './extension-harness.ts';

const skip = whyNoNodeExtension() ?? false;

/** What extensions of this daemon are or started. */
const familyOf = (daemon: number, program?: string): readonly number[] =>
  livingMarked(`OSQUERY_EXTENSION=${daemon}`, program);

t.test(
  'an extension is started, registers, is shown, killed, started again, and ended with the daemon',
  { skip },
  async (t) => {
    const life = await start(t, {
      extensions: { probe: { name: 'probe_registered', table: 'probe_numbers' } },
    });
    const first = await life.started('probe');
    await life.lines(/registered as \d+: table probe_numbers/, 1);
    const row = await life.row('probe');
    t.match(row, {
      state: 'serving',
      pid: String(first),
      registered_names: 'probe_registered',
      unwatched: '0',
      unsafe: '',
      restarts: '0',
      refusal: '',
      memory_mb_limit: '500',
    });
    const argv = readFileSync(`/proc/${first}/cmdline`, 'utf8').split('\0');
    const given = ['--socket', row.socket, '--timeout', '30', '--interval', '0.2', ''];
    t.strictSame(argv.slice(argv.indexOf('--socket')), given, "osquery's arguments");
    const registered = await life.daemon.ask('SELECT * FROM osquery_extensions ORDER BY uuid');
    t.match(registered, [
      { uuid: '0', name: 'core', type: 'core' },
      { name: 'probe_registered', version: '1', path: `${row.socket}.${row.uuids}`, type: 'extension' },
    ]);
    process.kill(first, 'SIGKILL');
    const second = await life.started('probe', 2);
    t.not(second, first);
    await life.lines(/registered as \d+: table probe_numbers/, 2);
    t.match(await life.row('probe'), { state: 'serving', restarts: '1', last_exit: /ended by SIGKILL/ });
    t.match((await life.daemon.command('status')).stdout, /extension probe serving, pid \d+/);
    await life.daemon.end('SIGTERM');
    t.ok(isGone(second));
    t.match(life.daemon.stderr.join('\n'), /'probe' has ended: it was ended: the daemon stops/);
  },
);

t.test(
  'what does not register is ended, what dies at once backs off, and both are told',
  { skip },
  async (t) => {
    const life = await start(t, {
      extensions: {
        silent: { name: 'silent', registers: 'never' },
        quick: { name: 'quick', registers: 'dies' },
        leaver: { name: 'leaver', exits: 5 },
        old: { name: 'old', sdkVersion: '1.0.0' },
      },
      flags: ['--extensions_timeout=2'],
    });
    await life.lines(/'silent' has ended: it did not register in time/, 1);
    await life.lines(/'quick' has ended: it ended with code 3/, 2);
    await life.lines(/'leaver' has ended: it ended with code 5; it said: leaves with 5/, 2);
    await life.lines(
      /'old' has ended: it ended with code 2; it said: not registered: Incompatible extension SDK/,
      1,
    );
    const warned = await life.lines(/lived shortly 3 times in a row: it is started again in \d+ s/, 1);
    t.equal(warned.length > 0, true);
    t.strictSame(await life.daemon.ask('SELECT * FROM leash_verdicts'), [], 'a crash is no verdict');
    t.strictSame(await life.daemon.ask('SELECT * FROM leash_denylist'), [], 'and denies nothing');
  },
);

t.test('one that ignores SIGTERM and one that daemonised leave nothing behind', { skip }, async (t) => {
  const life = await start(t, {
    extensions: {
      stubborn: { name: 'stubborn', ignoresTerm: true },
      parent: { name: 'parent', daemonises: true },
    },
  });
  const pids = [await life.started('stubborn'), await life.started('parent')];
  await life.lines(/registered as/, 2);
  await until(() => familyOf(life.daemon.pid, 'sleep').length > 0);
  const family = familyOf(life.daemon.pid);
  t.ok(family.length >= 3, 'the two, and what the second left in a session of its own');
  await life.daemon.end('SIGTERM');
  t.ok(pids.every(isGone));
  t.strictSame(
    family.filter((pid) => !isGone(pid)),
    [],
  );
});

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

t.test('a table is waited for whose extension registers first and listens then', { skip }, async (t) => {
  const life = await start(t, { extensions: { late: { name: 'late', listensAfter_ms: 1_000 } } });
  await life.lines(/'late' registered as/, 1);
  t.strictSame(await life.daemon.ask('SELECT n FROM late'), [{ n: '1' }]);
  t.strictSame(
    life.daemon.stderr.filter((line) => line.includes('nobody listens')),
    [],
  );
});

t.test('what others could change is refused, with the reason, until it is mended', { skip }, async (t) => {
  const life = await start(t, {
    extensions: { loose: { name: 'loose' } },
    flags: ['--extensions_timeout=1'],
  });
  await life.lines(/registered as/, 1);
  const first = await life.started('loose');
  chmodSync(join(life.ground, 'loose.ext'), 0o777);
  process.kill(first, 'SIGKILL');
  await life.lines(/'loose': .*loose.ext is not started: .*required: .*chmod go-w/, 1);
  t.match(await life.row('loose'), { state: 'refused', pid: '', refusal: /chmod go-w/ });
  t.match((await life.daemon.command('status')).stdout, /extension loose refused, .*chmod go-w/);
});

t.test('allow_unsafe starts it all the same, and says so', { skip }, async (t) => {
  const life = await start(t, { extensions: { loose: { name: 'loose' } }, flags: ['--allow_unsafe'] });
  chmodSync(join(life.ground, 'loose.ext'), 0o777);
  const first = await life.started('loose');
  process.kill(first, 'SIGKILL');
  await life.lines(/'loose' IS NOT SAFE and was started all the same \(--allow_unsafe\): .*loose.ext/, 1);
  t.match(await life.row('loose'), { unsafe: /loose.ext.*required/ });
});

t.test('kill -9 of the daemon: the next one ends what is left', { skip }, async (t) => {
  const life = await start(t, { extensions: { parent: { name: 'parent', daemonises: true } } });
  const first = await life.started('parent');
  await until(() => familyOf(life.daemon.pid, 'sleep').length > 0);
  const left = familyOf(life.daemon.pid);
  await life.daemon.end('SIGKILL');
  t.ok(left.includes(first));
  const next = await startDaemon(life.home, life.flags);
  t.teardown(() => next.end('SIGTERM'));
  await until(() => left.every(isGone));
  t.match(next.stderr.join('\n'), /Process \d+ of a former supervisor was still there: it was ended/);
  await reader(next).lines(/registered as \d+: table parent/, 1);
});

t.test('an extension asks the daemon, in its own name', { skip }, async (t) => {
  const life = await start(t, { extensions: { asker: { name: 'asker', registers: 'asks' } } });
  const [line = ''] = await life.lines(/'asker' has ended/, 1);
  t.match(
    line,
    /answered \[\[\["one","1"\],\["none",""\]\]\] \| columns \[\[\["pid","BIGINT"\]\],\[\["name","TEXT"\]\]\]/,
  );
});

t.test('extensions_require says what is missing', { skip }, async (t) => {
  const life = await start(t, {
    extensions: { probe: { name: 'probe' } },
    flags: ['--extensions_require=probe,absent', '--extensions_timeout=4'],
  });
  await life.lines(/did not start as it should: '(probe', ')?absent' did not register in time/, 1);
});

t.test('without extensions nothing of theirs is there', { skip }, async (t) => {
  const life = await start(t, { extensions: { probe: { name: 'probe' } }, flags: ['--disable_extensions'] });
  t.strictSame(await life.daemon.ask('SELECT * FROM leash_extensions'), []);
  t.match(await life.daemon.ask('SELECT name, path FROM osquery_extensions'), [{ name: 'core', path: '' }]);
  t.strictSame(familyOf(life.daemon.pid), []);
});

t.test('extensions that others started are served, and unwatched', { skip }, async (t) => {
  // Killed before its first ping it could be one whose socket is still to come: that is waited for.
  const life = await start(t, { extensions: {}, flags: ['--extensions_timeout=2'] });
  const socket = join(life.home.state, 'others.em');
  await until(() => existsSync(socket));
  const path = writeExtension(life.ground, 'stranger', { name: 'stranger', table: 'strange' });
  // tap's own variables are not handed on.
  const child = spawn('/usr/bin/env', ['-i', path, '--socket', socket], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  await life.lines(/'stranger' \(unwatched: others started it\) registered as/, 1);
  t.match(await life.row('stranger'), { state: 'unwatched', unwatched: '1', path: '', socket });
  await until(() => readdirSync(life.home.state).some((name) => name.startsWith('others.em.')));
  child.kill('SIGKILL');
  await life.lines(/What 'stranger' registered is taken off: nobody listens/, 1);
  await life.lines(/'stranger' .* is registered no more \(gone\)/, 1);
});

t.test(
  'an extension runs as the user that the config names',
  { skip: runsAsRoot ? skip : 'needs root' },
  async (t) => {
    const life = await start(t, {
      extensions: { probe: { name: 'probe' }, nobody: { name: 'nobody' } },
      settings: { nobody: { run_as: `${otherUid}:${otherUid}` } },
    });
    await life.lines(/'nobody': user \d+ cannot reach its socket: .* is closed to it/, 1);
    await life.daemon.end('SIGTERM');
    const directory = join(life.ground, 'doors');
    const next = await startDaemon(life.home, [...life.flags, `--extensions_directory=${directory}`]);
    t.teardown(() => next.end('SIGTERM'));
    const again = reader(next);
    await again.lines(/registered as \d+: table nobody/, 1);
    const pid = await again.started('nobody');
    t.match(
      readFileSync(`/proc/${pid}/status`, 'utf8'),
      new RegExp(`^Uid:\\s+${otherUid}\\s+${otherUid}`, 'm'),
    );
    const door = statSync(join(directory, '2'));
    t.match([door.uid, (door.mode & 0o777).toString(8)], [otherUid, '700']);
  },
);

t.test('an extension in Python, on the Thrift of others', { skip: withoutPython() || skip }, async (t) => {
  const life = await start(t, { extensions: {} });
  const folder = join(import.meta.dirname, '../extensions/python');
  const path = join(life.ground, 'python.ext');
  const text = [
    '#!/usr/bin/python3',
    'import runpy, sys',
    'sys.dont_write_bytecode = True',
    `sys.path.insert(0, ${JSON.stringify(folder)})`,
    `runpy.run_path(${JSON.stringify(join(folder, 'extension.py'))}, run_name='__main__')`,
  ];
  writeFileSync(path, text.join('\n'), { mode: 0o755 });
  writeFileSync(join(life.ground, 'load'), life.ground);
  await life.daemon.end('SIGTERM');
  const next = await startDaemon(life.home, life.flags);
  t.teardown(() => next.end('SIGTERM'));
  const again = reader(next);
  await again.lines(/'python_example' registered as \d+: table py_numbers/, 1);
  const pid = await again.started('python');
  t.match(await again.row('python'), {
    state: 'serving',
    registered_names: 'python_example',
    pid: String(pid),
  });
  await next.end('SIGTERM');
  t.ok(isGone(pid));
});

t.test('leashi --connect asks the manager of a daemon', { skip }, async (t) => {
  const life = await start(t, { extensions: { probe: { name: 'probe' } } });
  await life.lines(/'probe' registered as/, 1);
  const socket = join(life.home.state, 'others.em');
  const sql =
    "SELECT n, typeof(n) AS type FROM probe; SELECT name FROM osquery_extensions WHERE name = 'probe'";
  const asked = await runCommand('leashi', ['--connect', socket, '--json', sql]);
  t.match(asked, { code: 0, stderr: '' });
  t.match(asked.stdout, /"n":"1","type":"integer".*"name":"probe"/s);
  const failed = await runCommand('leashi', ['--connect', socket, 'SELECT * FROM absent']);
  t.match(failed, { code: 1, stdout: '', stderr: /no such table: absent/ });
});

t.test('leashi --extension starts one for the life of the shell', { skip }, async (t) => {
  const ground = makeGround();
  t.teardown(() => ground.remove());
  const path = writeExtension(ground.root, 'shell', { name: 'shell_probe' });
  const sql =
    "SELECT state, socket FROM leash_extensions; SELECT type FROM osquery_extensions WHERE name = 'shell_probe'";
  const flags = [
    `--database_path=${join(ground.root, 'state')}`,
    '--extensions_timeout=30',
    '--list',
    '--noheader',
  ];
  const { code, stdout, stderr } = await runCommand('leashi', [...flags, '--extension', path, sql]);
  t.strictSame([code, stderr], [0, '']);
  const [state = '', type] = stdout.trim().split('\n');
  t.match([state, type], [/^serving\|/, 'extension']);
  t.notOk(existsSync(state.split('|')[1] ?? ''), 'nothing is left behind');
  const loose = writeExtension(ground.root, 'loose', { name: 'loose' });
  chmodSync(loose, 0o777);
  const refused = await runCommand('leashi', [...flags, '--extension', loose, 'SELECT 1']);
  t.match(refused, { code: 0, stdout: '1\n', stderr: /'loose': .* is not started: .*chmod go-w/ });
  const both = await runCommand('leashi', ['--extension', loose, '--connect', '/nowhere', 'SELECT 1']);
  t.match(both, { code: 1, stderr: /--connect asks a daemon/ });
});
