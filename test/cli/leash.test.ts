import t from 'tap';
import type { ControlFailure, DaemonClient } from '../../cli/control-client.ts';
import { parseDuration_ms } from '../../cli/duration.ts';
import { runLeash } from '../../cli/leash-program.ts';
import type { Openers } from '../../cli/query-service.ts';
import type { DaemonStatus } from '../../protocol/control.ts';
import type { Denial } from '../../protocol/denial.ts';
import type { LimitOverride } from '../../protocol/limit-override.ts';
import type { ReloadReport } from '../../protocol/reload.ts';
import { fail, ok } from '../../protocol/result.ts';
import { embeddedOnly, fakeService, recordIo } from './harness.ts';

const status: DaemonStatus = {
  pid: 12,
  version: '0.1.0',
  uptime_ms: 61_500,
  config_path: '/etc/leash/\u001b[2Jleash.conf',
  database_path: '/var/lib/leash',
  logger_path: '/var/log/leash',
  scheduled_queries: 3,
  denied_queries: 1,
  config_hash: 'ab',
  config_valid: true,
  watchdog_enabled: true,
  limits: [
    { query: 'users', limit: 'cpu_ms', value: 200, origin: 'query', until_unix_ms: null },
    { query: 'users', limit: 'rows', value: 9, origin: 'override', until_unix_ms: 3_600_000 },
  ],
  supervisor_rss_bytes: 50 * 2 ** 20,
  supervisor_cpu_percent: 0.25,
  spooled_lines: 0,
  actor_tree: '/leash\n├─ workforce\n└─ scheduler',
  extensions: [],
  workers: [
    {
      pid: 13,
      state: 'leased',
      lane: 'scheduled',
      query: 'users',
      started_unix_ms: 0,
      queries: 4,
      private_bytes: 2 ** 20,
      cpu_ms: 5,
    },
  ],
};

const denial: Denial = {
  scope: 'schedule:hog',
  sqlHash: 'ab',
  queryId: 'hog',
  sql: 'SELECT 1',
  state: 'denied',
  strikes: 2,
  reason: 'cpu_ms',
  limit: 100,
  measured: 150.4,
  since_unix_ms: 0,
  until_unix_ms: 3_600_000,
  lastStrike_unix_ms: 0,
};

const override: LimitOverride = {
  overrideId: 'o',
  queryId: 'hog',
  limits: { cpu_ms: 20_000 },
  former: { cpu_ms: 100 },
  uid: 1000,
  since_unix_ms: 0,
  until_unix_ms: 3_600_000,
  ended_unix_ms: undefined,
  end: undefined,
};

const reloaded: ReloadReport = {
  outcome: 'applied',
  summary: 'Read again.',
  problems: ['a warning'],
  added: ['one'],
  changed: [],
  removed: ['two'],
};

const answers = { 'SELECT 1': { columns: ['one'], batches: [[[1]]] } } as const;

/** A daemon at one socket; nobody at any other. */
const daemonAt = (socket: string) => {
  const service = fakeService({ 'SELECT 1': { columns: ['from'], batches: [[['daemon']]] } });
  const calls: unknown[] = [];
  const client: DaemonClient = {
    ...service,
    daemonVersion: '0.1.0',
    daemonPid: 12,
    status: async () => ok(status),
    denials: async () => ok([denial]),
    clearDenials: async (name) => {
      calls.push(['clear', name]);
      return ok(1);
    },
    why: async (name) => fail({ reason: 'refused', message: `no query and no pack is called '${name}'` }),
    addDenial: async (name, for_ms) => {
      calls.push(['add', name, for_ms]);
      return name === 'hog'
        ? ok(1)
        : fail({ reason: 'refused', message: `no scheduled query is called '${name}'` });
    },
    setLimit: async (...wish) => {
      calls.push(['limit', ...wish]);
      return ok([override]);
    },
    clearLimit: async (name) =>
      name === 'hog'
        ? ok([override])
        : fail({ reason: 'refused', message: `no limit of '${name}' is overridden` }),
    overrides: async () => ok([override]),
    reload: async () => ok(reloaded),
  };
  const embedded = fakeService(answers);
  const openers: Openers = {
    ...embeddedOnly(embedded),
    connect: async (path) =>
      path === socket ? ok(client) : fail({ reason: 'no_daemon', message: `no daemon answers at ${path}` }),
    usualControls: ['/var/lib/leash/control.sock', '/home/u/control.sock'],
  };
  return { openers, calls, embedded };
};

const run = async (argv: readonly string[], openers: Openers) => {
  const io = recordIo();
  const testSandbox = async () => fail({ reason: 'not_run', message: 'not asked for' } as const);
  const code = await runLeash(argv, io, { ...openers, testSandbox });
  return { code, ...io.written };
};

t.test('query: a daemon if one answers at a usual place, else in this process', async (t) => {
  const here = '+-----+\n| one |\n+-----+\n| 1   |\n+-----+\n';
  t.equal((await run(['query', 'SELECT 1'], daemonAt('/elsewhere').openers)).out, here);
  const started = daemonAt('/home/u/control.sock').openers;
  t.equal(
    (await run(['query', '--list', 'SELECT 1'], started)).out,
    'from\ndaemon\n',
    'leash start is found',
  );
  t.equal((await run(['query', '--list', '--standalone', 'SELECT 1'], started)).out, 'one\n1\n');
});

t.test('query: a named socket must answer', async (t) => {
  const { openers, embedded } = daemonAt('/elsewhere');
  const answer = await run(['query', '--control', '/absent', 'SELECT 1'], openers);
  t.equal(answer.code, 1);
  t.equal(answer.out, '');
  t.equal(answer.err, 'Error: no daemon answers at /absent\n');
  t.strictSame(embedded.asked, []);
});

t.test('query: a daemon of another version is no reason to start a second supervisor', async (t) => {
  const { openers, embedded } = daemonAt('/elsewhere');
  const answerWith = (reason: ControlFailure['reason']) =>
    run(['query', '--list', 'SELECT 1'], {
      ...openers,
      connect: async () => fail({ reason, message: reason }),
    });
  t.strictSame(await answerWith('version_mismatch'), { code: 1, out: '', err: 'Error: version_mismatch\n' });
  t.strictSame(embedded.asked, []);
  t.equal(
    (await answerWith('permission_denied')).out,
    'one\n1\n',
    "another user's daemon is not ours to ask",
  );
});

t.test('query: formats, and errors on standard error alone', async (t) => {
  const service = fakeService({ q: { columns: ['a', 'b'], batches: [[['x', 'y']]] } });
  const openers = embeddedOnly(service);
  t.equal((await run(['query', '--csv', 'q'], openers)).out, 'a,b\nx,y\n');
  t.equal((await run(['query', '--json', 'q'], openers)).out, '[\n  {"a":"x","b":"y"}\n]\n');
  t.equal((await run(['query', '--line', 'q'], openers)).out, '    a = x\n    b = y\n');
  t.strictSame(await run(['query', 'SELEC'], openers), {
    code: 1,
    out: '',
    err: 'Error: near "SELEC": syntax error\n',
  });
  t.ok(service.closed);
});

t.test('mistakes on the command line', async (t) => {
  for (const [argv, message] of [
    [['nonsense'], "unknown command 'nonsense'"],
    [['query'], "missing required argument 'sql'"],
    [['query', '--json', '--csv', 'SELECT 1'], "option '--csv' cannot be used with option '--json'"],
    [['query', '--jsn', 'SELECT 1'], "unknown option '--jsn'"],
    [
      ['denylist', 'add', 'hog', '--for', 'ever'],
      "--for expects a time like 90s, 10m, 2h or 1d, found 'ever'",
    ],
    [['check'], "required option '--config_path <file>' not specified"],
  ] as const) {
    const { code, out, err } = await run(argv, daemonAt('/elsewhere').openers);
    t.equal(code, 1, argv.join(' '));
    t.equal(out, '');
    t.match(err, /^Error: /);
    t.match(err, message.includes('--csv') ? /cannot be used with/ : message);
    t.notMatch(err, /\n\s+at /, 'no stack trace');
  }
  const { code, out } = await run(['--version'], daemonAt('/elsewhere').openers);
  t.equal(code, 0);
  t.match(out, /^\d+\.\d+\.\d+\n$/);
});

t.test('a bug is one line too, unless it is asked for more', async (t) => {
  const broken: Openers = {
    ...daemonAt('/elsewhere').openers,
    startEmbedded: async () => {
      throw new Error('a bug');
    },
  };
  t.strictSame(await run(['query', 'SELECT 1'], broken), { code: 1, out: '', err: 'Error: a bug\n' });
  t.match((await run(['--debug', 'query', 'SELECT 1'], broken)).err, /a bug\n\s+at /);
});

t.test('status', async (t) => {
  const { openers } = daemonAt('/home/u/control.sock');
  const text = await run(['status'], openers);
  t.equal(text.code, 0);
  t.match(text.out, 'leashd 0.1.0, pid 12, up 61 s, 50.0 MiB');
  t.match(text.out, 'worker    13 leased, 4 queries, 1.0 MiB: users');
  t.match(
    text.out,
    'limit     cpu_ms 200 (query): users\nlimit     rows 9 (override until 1970-01-01T01:00:00.000Z): users',
  );
  t.notMatch(text.out, /watchdog|refused/);
  t.notMatch(text.out, '\u001b');
  t.strictSame(JSON.parse((await run(['status', '--json'], openers)).out), status);
  t.equal((await run(['status', '--tree'], openers)).out, '/leash\n├─ workforce\n└─ scheduler\n');
  const nobody = await run(['status'], daemonAt('/elsewhere').openers);
  t.equal(nobody.code, 1);
  t.match(nobody.err, '/var/lib/leash/control.sock', 'the likeliest place is named');
});

t.test('denylist', async (t) => {
  const { openers, calls } = daemonAt('/var/lib/leash/control.sock');
  t.equal(
    (await run(['denylist', 'list'], openers)).out,
    'hog  denied  until 1970-01-01T01:00:00.000Z  strikes 2  cpu_ms 150 of 100\n',
  );
  t.strictSame(JSON.parse((await run(['denylist', 'list', '--json'], openers)).out), [denial]);
  t.equal((await run(['denylist', 'clear', 'hog'], openers)).out, '1 record cleared.\n');
  t.equal((await run(['denylist', 'clear'], openers)).code, 0);
  t.equal((await run(['denylist', 'add', 'hog'], openers)).out, "'hog' is denied for 10m.\n");
  t.equal((await run(['denylist', 'add', 'hog', '--for', '2h'], openers)).code, 0);
  t.strictSame(calls, [
    ['clear', 'hog'],
    ['clear', undefined],
    ['add', 'hog', 600_000],
    ['add', 'hog', 7_200_000],
  ]);
  const unknown = await run(['denylist', 'add', 'nobody'], openers);
  t.strictSame(unknown, { code: 1, out: '', err: "Error: no scheduled query is called 'nobody'\n" });
});

t.test('limit', async (t) => {
  const { openers, calls } = daemonAt('/var/lib/leash/control.sock');
  const shown = 'hog  cpu_ms 20000 (was 100)  until 1970-01-01T01:00:00.000Z  by uid 1000\n';
  const set = await run(['limit', 'hog', '--cpu_ms', '20000', '--memory_mb', '0.5', '--for', '2h'], openers);
  t.strictSame(set, { code: 0, out: `${shown}It holds for the next run.\n`, err: '' });
  t.equal(
    (await run(['limit', 'set', 'list', '--rows', '-1'], openers)).code,
    0,
    'a query may be called list',
  );
  t.strictSame(calls, [
    ['limit', 'hog', { cpu_ms: 20_000, memory_mb: 0.5 }, 7_200_000, process.getuid?.()],
    ['limit', 'list', { rows: -1 }, 3_600_000, process.getuid?.()],
  ]);
  t.equal((await run(['limit', 'list'], openers)).out, shown);
  t.match(JSON.parse((await run(['limit', 'list', '--json'], openers)).out), [{ queryId: 'hog' }]);
  t.equal((await run(['limit', 'clear', 'hog'], openers)).out, "The override of 'hog' is taken back.\n");
  t.equal((await run(['limit', 'clear', 'x'], openers)).err, "Error: no limit of 'x' is overridden\n");
  for (const wrong of ['NaN', '', '1e99', 'Infinity', '10MB']) {
    const refused = await run(['limit', 'hog', `--cpu_ms=${wrong}`], openers);
    t.strictSame(
      refused,
      { code: 1, out: '', err: `Error: --cpu_ms expects a number above 0, found '${wrong}'\n` },
      wrong,
    );
  }
  t.match((await run(['limit', 'hog', '--for', 'ever'], openers)).err, /--for expects a time/);
});

t.test('reload', async (t) => {
  const { openers } = daemonAt('/var/lib/leash/control.sock');
  const applied = await run(['reload'], openers);
  t.strictSame(applied, { code: 0, out: 'a warning\nadded  one\nremoved  two\nRead again.\n', err: '' });
  t.strictSame(JSON.parse((await run(['reload', '--json'], openers)).out), reloaded);
  const connect: Openers['connect'] = async (path) => {
    const client = await openers.connect(path);
    return client.ok
      ? ok({ ...client.value, reload: async () => ok({ ...reloaded, outcome: 'refused' }) })
      : client;
  };
  t.equal((await run(['reload'], { ...openers, connect })).code, 1, 'a config that is refused is a failure');
});

t.test('durations', async (t) => {
  t.equal(parseDuration_ms('90s'), 90_000);
  t.equal(parseDuration_ms('1d'), 86_400_000);
  for (const wrong of ['', '10', 'm', '0m', '-1m', '1.5h', '10 m', '1w', '9999999999s']) {
    t.equal(parseDuration_ms(wrong), undefined, wrong);
  }
});
