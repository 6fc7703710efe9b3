import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { nobody, whyNoOtherUser } from '../other-user.ts';
import {
  childrenOf,
  type Home,
  launchDaemon,
  makeHome,
  runCommand,
  startDaemon,
  until,
} from './daemon-harness.ts';

const quiet = { schedule: {} };
const everySecond = { schedule: { clock: { query: 'SELECT unix_time FROM time', interval: 1 } } };

t.test('malformed SQL and unknown tables are one clear line on stderr', async (t) => {
  for (const [sql, pattern] of [
    ['SELEC 1', /^Error: .*SELEC.*syntax error/],
    ['SELECT * FROM no_such_table', /^Error: .*no such table: no_such_table/],
    ['SELECT no_such_column FROM time', /^Error: .*no such column: no_such_column/],
  ] as const) {
    const answer = await runCommand('leash', ['query', '--standalone', sql]);
    t.equal(answer.code, 1);
    t.equal(answer.stdout, '');
    t.match(answer.stderr.replaceAll('\n', ' '), pattern);
    t.notMatch(answer.stderr, /\n\s+at /, 'no stack trace');
  }
});

t.test('a config with ten errors names all ten', async (t) => {
  const home = makeHome({
    options: [],
    schedule: {
      a: { query: 1, interval: 10 },
      b: { query: 'SELECT 1', interval: 'soon' },
      c: { query: 'SELECT 1', interval: 10, snapshot: 'maybe' },
      d: { query: 'SELECT 1', interval: 10, removed: [] },
      e: { query: 'SELECT 1', interval: 10, limits: { cpu_ms: 'much' } },
      f: { query: 'SELECT 1', interval: 10, limits: { wall_ms: -1 } },
      g: { query: 'SELECT 1', interval: 10, platform: 7 },
      h: { query: 'SELECT 1', interval: 10, shard: {} },
    },
    packs: { p: 12 },
  });
  t.teardown(home.remove);
  const answer = await runCommand('leash', ['check', '--config_path', home.config]);
  t.equal(answer.code, 1);
  const said = answer.stdout + answer.stderr;
  for (const key of [
    'options',
    'schedule.a.query',
    'schedule.b.interval',
    'schedule.c.snapshot',
    'schedule.d.removed',
    'schedule.e.limits.cpu_ms',
    'schedule.f.limits.wall_ms',
    'schedule.g.platform',
    'schedule.h.shard',
    'packs.p',
  ]) {
    t.match(said, key, `${key} is named`);
  }
  t.match(said, home.config, 'so is the file');
});

t.test('a config directory that cannot be read', async (t) => {
  const home = makeHome(quiet);
  t.teardown(home.remove);
  const answer = await runCommand('leash', [
    'check',
    '--config_path',
    join(home.directory, 'missing', 'leash.json'),
  ]);
  t.equal(answer.code, 1);
  t.match(answer.stderr + answer.stdout, /missing/);
});

t.test(
  'a config directory that this user may not read is told with what to do, for a file and for a pattern of packs',
  { skip: whyNoOtherUser },
  async (t) => {
    const home = makeHome(quiet);
    t.teardown(home.remove);
    const closed = join(home.directory, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    writeFileSync(join(closed, 'leash.json'), '{}', { mode: 0o644 });
    const open = join(home.directory, 'open.json');
    writeFileSync(open, JSON.stringify({ packs: { '*': join(closed, '*.conf') } }), { mode: 0o644 });
    chmodSync(home.directory, 0o755);
    for (const [config, pattern] of [
      [join(closed, 'leash.json'), /closed\/leash\.json.*(permission|may not)/i],
      [open, /closed.*(permission|may not)/i],
    ] as const) {
      const answer = await runCommand('leash', ['check', '--config_path', config], nobody);
      t.equal(answer.code, 1, answer.stdout);
      t.match((answer.stderr + answer.stdout).replaceAll('\n', ' '), pattern);
      t.notMatch(answer.stderr, /\n\s+at /, 'no stack trace');
    }
  },
);

t.test('a corrupt database is set aside, reported and replaced', async (t) => {
  const home = makeHome(everySecond);
  t.teardown(home.remove);
  const first = await startDaemon(home);
  await first.end('SIGTERM');
  // A log that is left holds whole pages, from which SQLite would mend the damage.
  for (const name of readdirSync(home.state).filter((file) => /-(wal|shm)$/.test(file)))
    rmSync(join(home.state, name));
  for (const name of ['guard.db', 'results.db'])
    writeFileSync(join(home.state, name), 'this is no database'.repeat(500), { mode: 0o600 });
  const second = await startDaemon(home);
  t.teardown(() => second.end('SIGTERM'));
  t.match(second.stderr.join('\n'), /guard\.db.*(corrupt|damaged)/);
  t.ok(
    readdirSync(home.state).some((name) => /guard\.db.*corrupt/.test(name)),
    'the damaged file is kept',
  );
  t.strictSame(await second.ask('SELECT 1 AS one'), [{ one: '1' }]);
});

t.test('a database or log directory that others may write is refused', async (t) => {
  for (const place of ['state', 'logs'] as const) {
    const home = makeHome(quiet);
    t.teardown(home.remove);
    chmodSync(home[place], 0o777);
    const daemon = launchDaemon(home);
    const { code } = await daemon.exited;
    t.not(code, 0);
    const said = daemon.stderr.join('\n');
    t.match(said, home[place], 'names the path');
    t.match(said, /chmod/, 'says what to do');
    t.notMatch(said, /\n\s+at /);
  }
});

t.test('a second daemon on the same database is refused and the first goes on', async (t) => {
  const home = makeHome(quiet);
  t.teardown(home.remove);
  const first = await startDaemon(home);
  t.teardown(() => first.end('SIGTERM'));
  const second = launchDaemon(home);
  const { code } = await second.exited;
  t.not(code, 0);
  t.match(second.stderr.join('\n'), /another|already|in use/i);
  t.strictSame(await first.ask('SELECT 2 AS two'), [{ two: '2' }]);
});

t.test('SIGUSR1 opens no listener in any process', async (t) => {
  const home = makeHome(everySecond);
  t.teardown(home.remove);
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGTERM'));
  await daemon.ask('SELECT 1');
  const pids = [daemon.pid, ...childrenOf(daemon.pid)];
  t.ok(pids.length >= 2, 'a worker is there');
  for (const pid of pids) process.kill(pid, 'SIGUSR1');
  await daemon.ask('SELECT count(*) FROM processes');
  for (const pid of [daemon.pid, ...childrenOf(daemon.pid)])
    t.strictSame(listeners(pid), [], `${pid} listens nowhere`);
});

t.test('a full disk delays lines and loses none', async (t) => {
  if (process.getuid?.() !== 0) {
    t.comment('needs root to mount a small tmpfs');
    return;
  }
  const home = makeHome(everySecond);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'tmpfs', home.logs]);
  t.teardown(() => {
    execFileSync('umount', ['-l', home.logs]);
    home.remove();
  });
  const filler = join(home.logs, 'filler');
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGTERM'));
  writeFileSync(filler, '');
  const free = 64 * 1024 - 4096 * readdirSync(home.logs).length;
  for (let size = free; size > 0; size -= 4096) {
    try {
      writeFileSync(filler, Buffer.alloc(size));
      break;
    } catch {
      writeFileSync(filler, '');
    }
  }
  await daemon.line(/wait in the store/);
  writeFileSync(filler, '');
  await daemon.line(/reach their log again/);
  const lines = home.resultLines().map((line) => JSON.parse(line) as { counter: number; action: string });
  const counters = lines.filter((line) => line.action === 'added').map((line) => line.counter);
  t.strictSame(
    counters,
    counters.map((_, index) => index),
    'every counter is there once, in order',
  );
});

const listeners = (pid: number): string[] => {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        const link = execFileSync('readlink', [`/proc/${pid}/fd/${fd}`], { encoding: 'utf8' });
        const match = /socket:\[(\d+)\]/.exec(link);
        return match?.[1] === undefined ? [] : [match[1]];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/${pid}/net/${family}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && inodes.has(fields[9] ?? ''))
      .map((fields) => fields[1] ?? ''),
  );
};

t.test(
  'control socket, state and logs are private, whatever the umask; logger_mode opens the result logs',
  async (t) => {
    const umask = process.umask(0);
    t.teardown(() => process.umask(umask));
    const home = makeHome(everySecond);
    t.teardown(home.remove);
    const daemon = await startDaemon(home);
    t.teardown(() => daemon.end('SIGTERM'));
    const log = (at: Home): string => join(at.logs, 'osqueryd.results.log');
    await until(() => existsSync(log(home)));
    const modeOf = (path: string): number => statSync(path).mode & 0o777;
    for (const directory of [home.state, home.logs]) {
      t.equal(modeOf(directory), 0o700);
      for (const name of readdirSync(directory)) t.equal(modeOf(join(directory, name)) & 0o077, 0, name);
    }

    const open = makeHome(everySecond);
    t.teardown(open.remove);
    const second = await startDaemon(open, ['--logger_mode=0644']);
    t.teardown(() => second.end('SIGTERM'));
    await until(() => existsSync(log(open)));
    t.equal(modeOf(log(open)), 0o644);
    t.equal(modeOf(join(open.logs, 'leashd.log')), 0o600, 'the status log stays private');
  },
);
