import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { makeHome, startDaemon, until } from '../system/daemon-harness.ts';
import { noTerminal, openTerminal, program, type Terminal } from './terminal.ts';

const prompt = /osquery> $/;

interface Session extends Terminal {
  readonly history: string;
}

/** leashi in a terminal with a state directory of its own; it has shown its first prompt. */
const open = async (
  t: Test,
  {
    args = [],
    rows,
    columns,
    env = {},
  }: { args?: readonly string[]; rows?: number; columns?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<Session> => {
  const state = mkdtempSync(join(tmpdir(), 'leash-shell-'));
  const size = { ...(rows === undefined ? {} : { rows }), ...(columns === undefined ? {} : { columns }) };
  const terminal = openTerminal(program('leashi'), args, { ...size, env: { XDG_STATE_HOME: state, ...env } });
  t.teardown(async () => {
    terminal.kill();
    await terminal.exited;
    rmSync(state, { recursive: true, force: true });
  });
  await terminal.shows(prompt);
  return { ...terminal, history: join(state, 'leash', 'shell_history') };
};

const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n;';
const manyRows =
  'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100) SELECT x AS number FROM n;';

t.test('leashi on a terminal', { skip: noTerminal }, async (t) => {
  t.test('a statement over several lines, its result, and the way out', async (t) => {
    const shell = await open(t);
    shell.type('SELECT\r');
    await shell.shows(/ {4}\.\.\.> $/);
    shell.type('1 AS one;\r');
    const result = await shell.shows(prompt);
    t.match(result, '+-----+\n| one |\n+-----+\n| 1   |\n+-----+\n');
    shell.type('\u0004');
    t.equal(await shell.exited, 0, 'Ctrl-D leaves');
  });

  t.test('tabulator completes tables, columns, functions and commands', async (t) => {
    const shell = await open(t);
    shell.type('.mod\t');
    await shell.shows(/\.mode/);
    shell.type(' pr\t');
    await shell.shows(/pretty/);
    shell.type('\r');
    await shell.shows(prompt);
    shell.type('SELECT * FROM system_in\t');
    await shell.shows(/FROM system_info/);
    shell.type(' WHERE hostn\t');
    await shell.shows(/hostname/);
    shell.type(' = regex_m\t');
    await shell.shows(/regex_match\(/);
    shell.type("'x', 'x', 0) ORDE\t");
    await shell.shows(/ORDER/);
    shell.type(' BY 1;\r');
    t.notMatch(await shell.shows(prompt), 'Error');
  });

  t.test('tabulator completes tables and columns of the config, and of who is connected', async (t) => {
    const home = makeHome({ views: { quiet_ones: 'SELECT 1 AS loudness' } });
    const other = makeHome({ views: { others_view: 'SELECT 1 AS n' } });
    const daemon = await startDaemon(other);
    t.teardown(async () => {
      await daemon.end('SIGTERM');
      home.remove();
      other.remove();
    });
    const shell = await open(t, { args: [`--config_path=${home.config}`] });
    shell.type('SELECT * FROM quiet\t');
    await shell.shows(/FROM quiet_ones/);
    shell.type(' WHERE lou\t');
    await shell.shows(/loudness/);
    shell.type(' = 1;\r');
    t.match(await shell.shows(prompt), '| 1        |');
    shell.type(`.connect ${other.control}\r`);
    await shell.shows(/\[\*\]osquery> $/);
    shell.type('.schema others\t');
    await shell.shows(/others_view/);
    shell.type('\r');
    t.match(await shell.shows(/osquery> $/), 'CREATE TABLE others_view(`n`);');
  });

  t.test('Ctrl-C stops the query and not the shell', async (t) => {
    const shell = await open(t);
    shell.type(`${endless}\r`);
    await shell.shows(/0 rows, \d+\.\d s; Ctrl-C stops the query/);
    shell.type('\u0003');
    t.match(await shell.shows(prompt), 'Error: The query was cancelled');
    shell.type("SELECT 'alive' AS it;\r");
    t.match(await shell.shows(prompt), '| alive |');
  });

  t.test('Ctrl-C drops what was typed; twice where nothing was it leaves', async (t) => {
    const shell = await open(t);
    shell.type('SELECT\r');
    await shell.shows(/\.\.\.> $/);
    shell.type('half a li\u0003');
    await shell.shows(/\^C\s+osquery> $/);
    shell.type('SELECT 5 AS five;\r');
    t.match(await shell.shows(prompt), '| 5    |', 'the half statement is forgotten');
    shell.type('\u0003');
    await shell.shows(/once more leaves\.\s+osquery> $/);
    shell.type('\u0003');
    t.equal(await shell.exited, 0);
  });

  t.test('.bail ends scripts and throws nobody out; the exit code remembers the error', async (t) => {
    const shell = await open(t);
    shell.type('.bail on\r');
    await shell.shows(prompt);
    shell.type('SELEC;\r');
    t.match(await shell.shows(prompt), 'Error: near "SELEC": syntax error');
    shell.type('.quit\r');
    t.equal(await shell.exited, 1);
  });

  t.test('what is typed ahead waits for its prompt', async (t) => {
    const shell = await open(t);
    shell.type('SELECT 1 AS first;\rSELECT 2 AS second;\r');
    const both = await shell.shows(/second[\s\S]*\| 2 [\s\S]*osquery> $/);
    t.match(
      both,
      /\| first \|[\s\S]*osquery> SELECT 2 AS second;\n\+/,
      'it does not run into the first result',
    );
  });

  t.test('long results stop at each screenful', async (t) => {
    const shell = await open(t, { rows: 10 });
    shell.type(`${manyRows}\r`);
    t.match(await shell.shows(/-- more: .*--$/), /\| 6 +\|/);
    shell.type('\r');
    t.match(await shell.shows(/-- more: .*--$/), /^\s*\| 7 +\|\s+-- more/, 'Enter: one line');
    shell.type(' ');
    t.match(await shell.shows(/-- more: .*--$/), /\| 16 +\|/, 'space: the next screen');
    shell.type('q');
    t.notMatch(await shell.shows(prompt), /Error|\| 17/);
    shell.type('.pager off\r');
    await shell.shows(prompt);
    shell.type(`${manyRows}\r`);
    t.match(await shell.shows(prompt), /\| 100 +\|/);
  });

  t.test('q ends the query whose rows nobody wants any more', async (t) => {
    const shell = await open(t, { rows: 10 });
    shell.type('.mode list\r');
    await shell.shows(prompt);
    shell.type('WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n;\r');
    await shell.shows(/-- more: .*--$/);
    shell.type('q');
    t.notMatch(await shell.shows(prompt), 'Error');
  });

  t.test('a terminal that tells no size is not made to wait, and a narrow one gets lines', async (t) => {
    const program = await open(t, { rows: 0, columns: 0 });
    program.type(`${manyRows}\r`);
    t.match(await program.shows(/\| 100[\s\S]*osquery> $/), /\| 1 +\|/);
    const narrow = await open(t, { columns: 30 });
    narrow.type("SELECT 'a value that is longer than the screen' AS long;\r");
    const lines = await narrow.shows(/ long = a value[\s\S]*osquery> $/);
    t.notMatch(lines, '+--');
  });

  t.test('the history outlives the session, is private and bounded', async (t) => {
    const shell = await open(t);
    shell.type("SELECT 'remember me' AS it;\r");
    await shell.shows(/\| remember me \|[\s\S]*osquery> $/);
    t.equal(statSync(shell.history).mode & 0o777, 0o600);
    chmodSync(shell.history, 0o644);
    const old = Array.from({ length: 150 }, (_, index) => `SELECT ${index};`);
    writeFileSync(shell.history, `${old.join('\n')}\n`);
    const state = join(shell.history, '../..');
    const next = openTerminal(program('leashi'), [], { env: { XDG_STATE_HOME: state } });
    t.teardown(() => next.kill());
    await next.shows(prompt);
    next.type('\u001b[A');
    await next.shows(/SELECT 149;$/);
    next.type('\r');
    await next.shows(/\| 149 \|[\s\S]*osquery> $/);
    next.type('.quit\r');
    t.equal(await next.exited, 0);
    const lines = readFileSync(shell.history, 'utf8').trim().split('\n');
    t.equal(lines.length, 100);
    t.equal(lines.at(-1), '.quit');
    t.equal(statSync(shell.history).mode & 0o777, 0o600, 'and made private again');
  });
});

t.test('leashi on a terminal, connected to a daemon', { skip: noTerminal }, async (t) => {
  const home = makeHome({});
  const daemon = await startDaemon(home);
  t.teardown(async () => {
    await daemon.end('SIGTERM');
    home.remove();
  });
  const shell = await open(t);
  shell.type(`.connect ${home.control}\r`);
  await shell.shows(/\[\*\]osquery> $/);
  shell.type('SELECT config_valid FROM osquery_info;\r');
  t.match(await shell.shows(/osquery> $/), '| 1            |', 'the daemon answers, which has a config');
  shell.type(`${endless}\r`);
  await shell.shows(/Ctrl-C stops the query/);
  shell.type('\u0003');
  t.match(await shell.shows(/osquery> $/), 'Error: The query was cancelled');
  shell.type('SELECT 7 AS seven;\r');
  t.match(await shell.shows(/osquery> $/), '| 7     |', 'the connection goes on');
  shell.type('.disconnect\r');
  await shell.shows(/\nosquery> $/);
  shell.type('SELECT config_valid FROM osquery_info;\r');
  t.match(await shell.shows(prompt), '| 0            |', 'this process answers, which has none');
});

t.test('leashi on a terminal, connected to a manager of extensions', { skip: noTerminal }, async (t) => {
  const home = makeHome({});
  const socket = join(home.state, 'others.em');
  const daemon = await startDaemon(home, [`--extensions_socket=${socket}`]);
  t.teardown(async () => {
    await daemon.end('SIGTERM');
    home.remove();
  });
  await until(() => existsSync(socket));
  const shell = await open(t);
  shell.type(`.connect ${socket}\r`);
  await shell.shows(/\[\*\]osquery> $/);
  shell.type(`${endless}\r`);
  await shell.shows(/Ctrl-C stops the query/);
  shell.type('\u0003');
  t.match(await shell.shows(/osquery> $/), 'Error: The query was cancelled');
  // One after the other: this one would wait until the other's CPU time is used up, and a verdict says so.
  shell.type('SELECT 7 AS seven;\r');
  t.match(await shell.shows(/osquery> $/), '| 7     |');
  t.strictSame(await daemon.ask('SELECT reason FROM leash_verdicts'), [], 'the daemon stopped it at once');
  shell.type(
    'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 20) SELECT hex(zeroblob(50000)) AS big FROM n;\r',
  );
  t.match(
    await shell.shows(/osquery> $/),
    /result_mb limit of 1 .*have at most 1 MiB: ask for fewer rows or columns, or at the control socket/s,
  );
});
