/** How extensions come, are there and go under a real leashd: real files, processes and sockets. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeExtension } from '../extensions/extension-files.ts';
import { isGone } from '../extensions/marked-processes.ts';
import { withoutPython } from '../extensions/python-harness.ts';
import { whyNoNodeExtension } from '../supervisor/extensions/own-node.ts';
import { startDaemon, until } from './daemon-harness.ts';
import { familyOf, reader, start } from './extension-harness.ts';

const skip = whyNoNodeExtension() ?? false;

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

t.test('a table is waited for whose extension registers first and listens then', { skip }, async (t) => {
  const life = await start(t, { extensions: { late: { name: 'late', listensAfter_ms: 1_000 } } });
  await life.lines(/'late' registered as/, 1);
  t.strictSame(await life.daemon.ask('SELECT n FROM late'), [{ n: '1' }]);
  t.strictSame(
    life.daemon.stderr.filter((line) => line.includes('nobody listens')),
    [],
  );
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
  // The second where a ping was on its way to it.
  await life.lines(/What 'stranger' registered is taken off: .*(nobody listens|hung up before)/, 1);
  await life.lines(/'stranger' .* is registered no more \(gone\)/, 1);
});

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
