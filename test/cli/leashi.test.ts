import { PassThrough } from 'node:stream';
import t from 'tap';
import { type LeashiDeps, runLeashi } from '../../cli/leashi-program.ts';
import { streamInput } from '../../cli/shell/shell-input.ts';
import { isBlank, splitStatements } from '../../cli/shell/statements.ts';
import { fail } from '../../protocol/result.ts';
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

const run = async (
  argv: readonly string[],
  lines: readonly string[] = [],
  service: FakeService = fakeService(answers),
) => {
  const io = recordIo();
  const prompts: string[] = [];
  const deps: LeashiDeps = {
    input: linesInput(lines, prompts),
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

t.test('each statement of a script has its result, and an error does not end it', async (t) => {
  const { code, out, err, service } = await run(['--list', '--noheader', "SELECT 'a;b'; SELEC; SELECT 1"]);
  t.strictSame(service.asked, ["SELECT 'a;b';", 'SELEC;', 'SELECT 1']);
  t.equal(out, 'a;b\n1\n');
  t.equal(err, 'Error: near "SELEC;": syntax error\n');
  t.equal(code, 1, 'the exit code remembers it');
});

t.test('standard input is a script; its last statement needs no semicolon', async (t) => {
  const { code, out, prompts } = await run(['--list'], ['SELECT', "'a;b';", '', '-- done', 'SELECT 1']);
  t.equal(code, 0);
  t.equal(out, 't\na;b\none\n1\n');
  t.strictSame(prompts, ['leash> ', '  ...> ', 'leash> ', 'leash> ', 'leash> ', '  ...> ']);
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
    [['--profile=3', 'SELECT 1'], '--profile is not supported by leashi yet'],
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

t.test('a terminal is prompted, and input that ends at once is still read to its end', async (t) => {
  for (const terminal of [new PassThrough(), undefined]) {
    const input = new PassThrough();
    input.end('one\ntwo\nthree');
    const lines: string[] = [];
    let shown = '';
    terminal?.on('data', (chunk) => {
      shown += String(chunk);
    });
    let prompts = 0;
    const prompt = (): string => {
      prompts += 1;
      return 'leash> ';
    };
    for await (const line of streamInput(input, terminal).lines(prompt)) {
      // Gives the reader time to see the end of its input while lines wait.
      await new Promise((resolve) => setImmediate(resolve));
      lines.push(line);
    }
    t.strictSame(lines, ['one', 'two', 'three']);
    if (terminal === undefined) t.equal(prompts, 0, 'a pipe is not prompted');
    else t.match(shown, 'leash> ');
  }
});
