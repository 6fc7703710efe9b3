import { readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { type LeashiDeps, runLeashi } from '../../cli/leashi-program.ts';
import { type Conversation, streamInput } from '../../cli/shell/shell-input.ts';
import { isBlank, splitStatements } from '../../cli/shell/statements.ts';
import { nodeClock } from '../../platform/node/clock.ts';
import { openGuardStore } from '../../platform/node/guard-database.ts';
import { openOutputFile } from '../../platform/node/output-file.ts';
import { fail, ok } from '../../protocol/result.ts';
import { embeddedOnly, type FakeService, fakeService, linesInput, recordIo } from './harness.ts';

const answers = {
  'SELECT 1': { columns: ['one'], batches: [[[1]]] },
  "SELECT 'a;b'": { columns: ['t'], batches: [[['a;b']]] },
  "SELECT\n'a;b'": { columns: ['t'], batches: [[['a;b']]] },
  '-- done\nSELECT 1': { columns: ['one'], batches: [[[1]]] },
  'SELECT * FROM time': { columns: ['hour'], batches: [[[7]]], warnings: ['the clock is slow'] },
  'SELECT broken': {
    columns: ['a'],
    batches: [[['half']]],
    failure: { reason: 'limit', message: 'the query was stopped' },
  },
  "SELECT name FROM osquery_registry WHERE registry = 'table' ORDER BY name": {
    columns: ['name'],
    batches: [[['processes'], ['time']]],
  },
} as const;

/** Nobody talks to a script. */
const nobody: Conversation = {
  before: '',
  addedColumns: async () => new Map(),
  prompt: () => '',
  interrupted: () => 'leave',
};

const run = async (
  argv: readonly string[],
  lines: readonly string[] = [],
  service: FakeService = fakeService(answers),
) => {
  const io = recordIo();
  const prompts: string[] = [];
  const deps: LeashiDeps = {
    input: linesInput(lines, prompts),
    clock: nodeClock,
    openOutput: openOutputFile,
    readText: (path) => (path === '/queries.sql' ? 'SELECT 1;\nSELECT * FROM time' : undefined),
    openers: () => embeddedOnly(service),
  };
  const code = await runLeashi(argv, io, deps);
  return { code, ...io.written, prompts, service };
};

t.test('one statement as argument, in the format that a flag names', async (t) => {
  const { code, out, err, service } = await run(['--json', 'SELECT 1']);
  t.equal(code, 0);
  t.equal(out, '[\n  {"one":"1"}\n]\n');
  t.equal(err, '');
  t.ok(service.closed, 'the service is closed');
  t.equal((await run(['SELECT 1'])).out, '+-----+\n| one |\n+-----+\n| 1   |\n+-----+\n');
  t.equal((await run(['SELECT 1', '--list', '--header=false'])).out, '1\n', 'flags may follow');
  t.equal((await run(['--json', '--csv', 'SELECT 1'])).out, 'one\n1\n', 'csv wins over json in any order');
  t.equal((await run(['--csv', '--line', '--list', 'SELECT 1'])).out, 'one\n1\n');
  t.equal((await run(['--json', '--line', 'SELECT 1'])).out, '  one = 1\n');
});

t.test('each statement of a text has its result; an error ends the text', async (t) => {
  const { code, out, err, service } = await run(['--list', "SELECT 'a;b'; SELECT 1; SELEC; SELECT 1"]);
  t.strictSame(service.asked, ["SELECT 'a;b';", 'SELECT 1;', 'SELEC;']);
  t.equal(out, 't\na;b\none\n1\n');
  t.equal(err, 'Error: near "SELEC;": syntax error\n');
  t.equal(code, 1);
});

t.test('in JSON the rows of a text are one array, each with the keys of its statement', async (t) => {
  const sql = "SELECT 'a;b'; SELECT 1; SELECT 1";
  t.equal((await run(['--json', sql])).out, '[\n  {"t":"a;b"},\n  {"one":"1"},\n  {"one":"1"}\n]\n');
  const pretty = await run(['--json_pretty', sql]);
  t.strictSame(JSON.parse(pretty.out), [{ t: 'a;b' }, { one: '1' }, { one: '1' }]);
  const script = await run(['--json'], ["SELECT 'a;b'; SELECT 1;", 'SELECT 1;']);
  t.equal(script.out, '[\n  {"t":"a;b"},\n  {"one":"1"}\n]\n[\n  {"one":"1"}\n]\n', 'a line is a text');
  const failing = await run(['--json', "SELECT 'a;b'; SELEC"]);
  t.equal(failing.out, '[\n  {"t":"a;b"}\n', 'no reader takes it for the whole');
});

t.test('PRAGMA case_sensitive_like holds for what follows it', async (t) => {
  const service = fakeService({
    'PRAGMA case_sensitive_like = ON': {},
    'PRAGMA case_sensitive_like = ON;\nSELECT 1': { columns: ['one'], batches: [[[0]]] },
    'PRAGMA case_sensitive_like = ON;\npragma case_sensitive_like(off)': {},
    'pragma case_sensitive_like(off);\nSELECT 1': { columns: ['one'], batches: [[[1]]] },
  });
  const sql = 'PRAGMA case_sensitive_like = ON; SELECT 1;';
  t.equal(
    (await run(['--list'], [sql, 'pragma case_sensitive_like(off);', 'SELECT 1;'], service)).out,
    'one\n0\none\n1\n',
  );
});

t.test('an error of a script tells its line, and the exit code remembers it', async (t) => {
  const lines = ['-- one', 'SELECT 1;', '', 'SELECT', '  broken;', 'SELEC'];
  const { code, out, err } = await run(['--list'], lines);
  t.equal(out, 'one\n1\n');
  t.equal(
    err,
    'Error: near line 4: near "SELECT\n  broken;": syntax error\nError: near line 6: near "SELEC": syntax error\n',
  );
  t.equal(code, 1);
  for (const leave of ['.quit', '.exit', '.exit 0'])
    t.equal((await run([], ['SELEC;', leave])).code, 1, leave);
  t.equal((await run([], ['SELECT 1;', '.quit'])).code, 0);
});

t.test('a line is run when all that it begins is complete', async (t) => {
  const { service } = await run(
    ['--list'],
    ['SELECT 1; SELECT', "'a;b'; -- both", 'SELECT 1; /* goes', 'on */'],
  );
  t.strictSame(service.asked, ['SELECT 1;', "SELECT\n'a;b';", 'SELECT 1;']);
});

t.test('standard input is a script; its last statement needs no semicolon', async (t) => {
  const { code, out, prompts } = await run(['--list'], ['SELECT', "'a;b';", '', '-- done', 'SELECT 1']);
  t.equal(code, 0);
  t.equal(out, 't\na;b\none\n1\n');
  t.strictSame(prompts, ['osquery> ', '    ...> ', 'osquery> ', 'osquery> ', 'osquery> ', '    ...> ']);
});

t.test('commands of the shell', async (t) => {
  const { code, out, err } = await run([], ['.tables p', '.nonsense', '.exit 7', 'SELECT 1']);
  t.equal(out, '  => processes\n');
  t.equal(err, 'Error: unknown command or invalid arguments:  "nonsense". Enter ".help" for help\n');
  t.equal(code, 7, 'nothing after .exit runs');
  t.match((await run([], ['.help', '.quit'])).out, '.tables');
});

t.test('-L, -A, --query, --query_file', async (t) => {
  t.equal((await run(['-L'])).out, '  => processes\n  => time\n');
  const table = await run(['--list', '-A', 'time']);
  t.equal(table.out, 'hour\n7\n');
  t.equal(table.err, 'Warning: the clock is slow\n');
  const hostile = await run(['-A', 'time; SELECT 1']);
  t.equal(hostile.err, "Error: -A expects the name of a table, found 'time; SELECT 1'\n");
  t.strictSame(hostile.service.asked, []);
  t.equal((await run(['--list', '--query=SELECT 1'])).out, 'one\n1\n');
  t.equal((await run(['--list', '--query_file', '/queries.sql'])).out, 'one\n1\nhour\n7\n');
  t.equal((await run(['--query_file', '/absent'])).err, 'Error: the file /absent cannot be read\n');
});

t.test('what cannot be honoured is refused before anything is started', async (t) => {
  for (const [argv, message] of [
    [['--jsn', 'SELECT 1'], 'unknown flag --jsn; did you mean --json?'],
    [
      ['--extension=/x', '--connect=/y', 'SELECT 1'],
      '--extension starts one for this shell, --connect asks a daemon that has its own',
    ],
    [['--separator'], '--separator expects'],
  ] as const) {
    const { code, err, service } = await run(argv);
    t.equal(code, 1);
    t.match(err, `Error: ${message}`);
    t.strictSame(service.asked, []);
  }
});

t.test('a failure in the middle of a result', async (t) => {
  const { code, out, err } = await run(['--json', 'SELECT broken']);
  t.equal(code, 1);
  t.equal(out, '[\n  {"a":"half"}\n');
  t.equal(err, 'Error: the query was stopped\n');
});

t.test('--connect asks a daemon and nobody else', async (t) => {
  const io = recordIo();
  const service = fakeService(answers);
  const asked: string[] = [];
  const code = await runLeashi(['--connect', '/run/x.sock', 'SELECT 1'], io, {
    input: linesInput([]),
    clock: nodeClock,
    openOutput: openOutputFile,
    readText: () => undefined,
    openers: () => ({
      ...embeddedOnly(service),
      connect: async (path) => {
        asked.push(path);
        return fail({ reason: 'no_daemon', message: 'nobody is there' });
      },
    }),
  });
  t.equal(code, 1);
  t.equal(io.written.err, 'Error: nobody is there\n');
  t.strictSame([asked, service.asked], [['/run/x.sock'], []]);
});

t.test('both prompts tell that a daemon answers', async (t) => {
  const service = fakeService(answers);
  const prompts: string[] = [];
  await runLeashi(['--connect', '/run/x.sock'], recordIo(), {
    input: linesInput(['SELECT', "'a;b';"], prompts),
    clock: nodeClock,
    openOutput: openOutputFile,
    readText: () => undefined,
    openers: () => ({ ...embeddedOnly(service), connectManager: async () => ok(service) }),
  });
  t.strictSame(prompts, ['[*]osquery> ', '[*]    ...> ', '[*]osquery> ']);
});

t.test('statements are cut at semicolons outside of quotes and comments', async (t) => {
  for (const [sql, statements, rest] of [
    ['a;b', ['a;'], 'b'],
    ["'it''s;';x", ["'it''s;';"], 'x'],
    ['";" `;` [;];', ['";" `;` [;];'], ''],
    ['-- ;\na;', ['-- ;\na;'], ''],
    ['/* ; */ a; -- end', ['/* ; */ a;'], ' -- end'],
    ["a 'open; b", [], "a 'open; b"],
    ['a /* open; b', [], 'a /* open; b'],
    ['1-1;2/2;', ['1-1;', '2/2;'], ''],
    [';;-- x\n;', [], ''],
    ['', [], ''],
  ] as const) {
    t.strictSame(splitStatements(sql), { statements, rest }, sql);
  }
  t.ok(isBlank(' \n-- a\n/* b */ -- c'));
  t.notOk(isBlank('/* open'), 'an open comment goes on');
  t.notOk(isBlank('-- a\nSELECT'));
});

t.test('a stream that ends at once is read to its end', async (t) => {
  const input = new PassThrough();
  input.end('one\ntwo\nthree');
  const lines: string[] = [];
  for await (const line of streamInput(input).lines(nobody)) {
    // Gives the reader time to see the end of its input while lines wait.
    await new Promise((resolve) => setImmediate(resolve));
    lines.push(line);
  }
  t.strictSame(lines, ['one', 'two', 'three']);
});

t.test('meta commands change how the statements after them are printed', async (t) => {
  const { out, err, code } = await run(
    [],
    [
      '.mode csv',
      'SELECT 1;',
      '.head off',
      'SELECT 1;',
      '.echo on',
      '.mode line',
      'SELECT 1;',
      '.bail maybe',
    ],
  );
  t.equal(out, 'one\n1\n1\n.mode line\nSELECT 1;\n  one = 1\n.bail maybe\n');
  t.equal(err, "Error: .bail takes ON or OFF, found 'maybe'\n");
  t.equal(code, 1);
  t.equal(
    (await run(['--json'], ['.mode list', 'SELECT 1;', '.mode pretty', 'SELECT 1'])).out,
    'one\n1\n[\n  {"one":"1"}\n]\n',
    'pretty is what the flags made of it',
  );
  t.match(
    (await run([], ['.timer on', 'SELECT 1'])).out,
    /\nRun Time: real \d\.\d{3} user 0\.000000 sys 0\.000000\n$/,
  );
});

t.test('facts about the shell, in osqueryi’s words', async (t) => {
  const service = fakeService({ 'SELECT sqlite_version()': { columns: ['v'], batches: [[['3.9']]] } });
  const features = await run([], ['.features'], service);
  t.match(features.out, /^disable_audit: true\n[\s\S]*disable_events: true\ndisable_extensions: false\n/);
  t.notMatch(features.out, 'verbose', 'other flags are none');
  t.match((await run([], ['.version'], service)).out, /^osquery \d.*\nusing SQLite 3\.9\nleash \d.*\n$/);
  const { out } = await run(
    ['--nullvalue=NULL', '--extension=/x.ext', '--csv'],
    ['.separator ,', '.show'],
    service,
  );
  t.match(out, /\n {2}extensions: \/x\.ext\n/);
  t.match(out, /\n {8}echo: off\n {5}headers: on\n {8}mode: csv\n {3}nullvalue: "NULL"\n/);
  t.match(
    out,
    /default:\n {2}csv: true\n {2}extension: \/x\.ext\n {2}nullvalue: NULL\n$/,
    'not what a shell always is',
  );
  t.equal((await run(['--nullvalue=NULL', '--extension=/x.ext', '--csv'], ['.summary'], service)).err, '');
});

t.test('.bail stops at the first error', async (t) => {
  const { service, code } = await run([], ['.bail on', 'SELECT 1; SELEC; SELECT 1;', 'SELECT 1;']);
  t.strictSame(service.asked, ['SELECT 1;', 'SELEC;']);
  t.equal(code, 1);
});

t.test('.types asks without running', async (t) => {
  const service = fakeService({
    'SELECT * FROM (SELECT 1 -- one\n) LIMIT 0': { columns: ['one'] },
    'SELECT * FROM (SELECT 1\n-- one\n) LIMIT 0': { columns: ['one'] },
  });
  const asked = '.types SELECT 1 -- one';
  t.equal((await run(['--list'], [asked], service)).out, 'name|type\none|TEXT\n');
  t.equal((await run(['--json'], [asked], service)).out, '[\n  {"name":"one","type":"TEXT"}\n]\n');
  const lines = await run(['--list'], ['.types SELECT 1', '-- one', ';', '.types', '.all time'], service);
  t.equal(lines.out, 'name|type\none|TEXT\n');
  t.equal(
    lines.err,
    'Error: unknown command or invalid arguments:  "types". Enter ".help" for help\nError: near "SELECT * FROM time": syntax error\n',
    'a command has no line',
  );
});

t.test('--output writes what would be printed to a file of the caller alone', async (t) => {
  const directory = t.testdir({ other: 'x' });
  const path = join(directory, 'rows.json');
  t.equal((await run(['--json', '--output', path, 'SELECT 1'])).out, '');
  t.equal(readFileSync(path, 'utf8'), '[\n  {"one":"1"}\n]\n');
  t.equal(statSync(path).mode & 0o777, 0o600);
  symlinkSync(path, join(directory, 'link'));
  const linked = await run(['--output', join(directory, 'link'), 'SELECT 1']);
  t.match(linked.err, /results cannot be written to .*link/);
  t.strictSame(linked.service.asked, []);
});

t.test('--profile runs again and again and prints nothing', async (t) => {
  const { out, code, service } = await run(['--profile=3', 'SELECT 1']);
  t.strictSame([out, code, service.asked.length], ['', 0, 3]);
  t.strictSame(
    (await run(['--profile=2'], ['SELECT 1', 'SELECT 1'])).service.asked,
    ['SELECT 1', 'SELECT 1'],
    'the first line',
  );
  const failed = await run(['--profile=3', 'SELEC']);
  t.strictSame([failed.code, failed.service.asked.length], [1, 1]);
});

const config = {
  schedule: { own: { query: 'SELECT 2', interval: 10 } },
  packs: {
    a: {
      queries: {
        b_c: { query: 'SELECT 1;', interval: 10 },
        windows: { query: 'SELECT 3', platform: 'windows', interval: 10 },
      },
    },
    a_b: { queries: { c: { query: 'SELECT 4;', interval: 10 } } },
  },
};

t.test('--pack runs the queries of one pack for this host', async (t) => {
  const path = join(t.testdir({ 'leash.json': JSON.stringify(config) }), 'leash.json');
  const flags = ['--allow_unsafe', '--config_path', path, '--list'];
  const packed = await run([...flags, '--pack', 'a']);
  t.strictSame([packed.out, packed.code, packed.service.asked], ['one\n1\n', 0, ['SELECT 1;']]);
  const failing = await run([...flags, '--pack', 'a_b']);
  t.match(failing.err, /Error: the query c could not be run\n$/);
  t.equal(failing.code, 1);
  const unknown = await run([...flags, '--pack', 'z']);
  t.equal(unknown.err, `Error: ${path} has no pack 'z' with queries for this host; it has a, a_b\n`);
});

t.test('--config_check, --config_dump, --database_dump start nothing', async (t) => {
  const directory = t.testdir({ 'leash.json': JSON.stringify(config), 'bad.json': '{"schedule": 7}' });
  const flags = ['--allow_unsafe', '--config_path', join(directory, 'leash.json')];
  const checked = await run([...flags, '--config_check', 'SELECT 1']);
  t.match(checked.out, /2 queries for this host\n$/);
  t.strictSame([checked.code, checked.service.asked], [0, []]);
  const bad = ['--allow_unsafe', '--config_path', join(directory, 'bad.json')];
  t.equal((await run([...bad, '--config_check'])).code, 1);
  const dumped = await run([...flags, '--config_dump']);
  t.strictSame(JSON.parse(dumped.out), { [join(directory, 'leash.json')]: config });
  const absent = await run([...bad, '--config_dump']);
  t.strictSame([absent.code, absent.out], [1, '']);
  const none = await run(['--database_path', directory, '--database_dump']);
  t.equal(
    none.err,
    `Error: ${directory} holds no database of Leash. Name its directory with --database_path.\n`,
  );
});

t.test('--database_dump shows every row of the daemon’s databases', async (t) => {
  const directory = t.testdir();
  const opened = openGuardStore(directory, { now_unix_ms: 0 });
  if (!opened.ok) throw new Error(opened.error.message);
  const { store } = opened.value;
  t.ok(store.putSetting('colour', 'blue').ok);
  // As beside a running daemon: the database is in use.
  t.teardown(() => store.close());
  const { out, code } = await run(['--database_path', directory, '--database_dump']);
  t.equal(code, 0);
  t.match(out, /^guard\.db settings \{"name":"colour","value":"blue"\}$/m);
});
