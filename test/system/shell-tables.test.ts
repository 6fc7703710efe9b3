/** Tables beside the built-in ones, as the shell and `leash schema` show them: of the config, and of a daemon's extensions. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { whyNoGround } from '../supervisor/extensions/ground.ts';
import { makeHome, runCommand, startDaemon, until } from './daemon-harness.ts';
import { start } from './extension-harness.ts';

const list = ['--list', '--header=false'];

t.test('a shell with a config has its tables, views, options, packs and schedule', async (t) => {
  const path = join(t.testdir(), 'app.db');
  const db = new Database(path);
  db.exec("CREATE TABLE notes (text); INSERT INTO notes VALUES ('a'), ('b')");
  db.close();
  const rules = join(t.testdirName, 'rules.yar');
  writeFileSync(rules, 'rule is_database { strings: $magic = "SQLite format 3" condition: $magic at 0 }');
  const home = makeHome({
    yara: { signatures: { databases: [rules] } },
    auto_table_construction: { notes: { query: 'SELECT text FROM notes', path, columns: ['text'] } },
    views: {
      noted: 'SELECT count(*) AS n, 7 AS m FROM notes',
      odd: 'SELECT * FROM nowhere',
      ...Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`view_${at}`, `SELECT ${at} AS n`])),
    },
    options: { read_max: 12_345, custom_role: 'web' },
    schedule: { own: { query: 'SELECT 1', interval: 60 } },
    packs: { p: { queries: { of: { query: 'SELECT 2', interval: 30 } } } },
  });
  t.teardown(() => home.remove());
  const leashi = (...args: readonly string[]) =>
    runCommand('leashi', [`--config_path=${home.config}`, ...list, ...args]);
  for (const [sql, out] of [
    ['SELECT n FROM noted', '2\n'],
    ['SELECT name, interval, executions FROM osquery_schedule ORDER BY name', 'own|60|0\npack_p_of|30|0\n'],
    ['SELECT name, active FROM osquery_packs', 'main|1\np|1\n'],
    ["SELECT value FROM osquery_flags WHERE name = 'read_max'", '12345\n'],
    ["SELECT type, value, shell_only FROM osquery_flags WHERE name = 'custom_role'", 'string|web|0\n'],
    ["SELECT count(*) FROM osquery_flags WHERE name IN ('A', 'D', 'L', 'S')", '0\n'],
    ['SELECT config_valid, length(config_hash), extensions FROM osquery_info', '1|40|inactive\n'],
    ['SELECT count(*) FROM osquery_info JOIN system_info USING (uuid)', '1\n'],
    [`SELECT matches FROM yara_file WHERE path = '${path}' AND sig_group = 'databases'`, 'is_database\n'],
    ['.tables no', '  => noted\n  => notes\n'],
    ['.schema no', 'CREATE TABLE noted(`n`, `m`);\nCREATE TABLE notes(`text` TEXT, `path` TEXT);\n'],
    ['.schema odd', 'CREATE TABLE odd();\n'],
    ['.schema view_149', 'CREATE TABLE view_149(`n`);\n'],
  ] as const) {
    const { code, stdout, stderr } = await leashi(sql);
    t.strictSame([stdout, code], [out, 0], sql);
    t.equal(stderr, "Warning: The config's view 'odd' cannot be used: no such table: nowhere.\n");
  }
  t.match((await leashi('SELECT txt FROM notes')).stderr, 'no such column: txt; did you mean text?');
});

t.test('flags leave tables out, in a shell and in a daemon', async (t) => {
  const query = 'SELECT count(*) FROM time';
  const disabled = await runCommand('leashi', ['--disable_tables=time,users', ...list, query]);
  t.match(disabled, { code: 1, stderr: 'Error: no such table: time: --disable_tables leaves it out\n' });
  const enabled = await runCommand('leashi', ['--enable_tables=time', ...list, query]);
  t.equal(enabled.stdout, '1\n');
  const home = makeHome({});
  const daemon = await startDaemon(home, ['--disable_tables=time']);
  t.teardown(async () => {
    await daemon.end('SIGTERM');
    home.remove();
  });
  t.match(await daemon.command('query', query), { code: 1, stderr: /--disable_tables leaves it out/ });
  t.match(await daemon.command('query', 'SELECT 1 FROM uptime'), { code: 0 });
});

t.test('answers of the extension manager have osquery’s texts', async (t) => {
  const home = makeHome({});
  const socket = join(home.state, 'asked.em');
  const daemon = await startDaemon(home, [`--extensions_socket=${socket}`, '--nullvalue=NULL']);
  t.teardown(async () => {
    await daemon.end('SIGTERM');
    home.remove();
  });
  await until(() => existsSync(socket));
  const sql =
    "SELECT 1e20 AS a, -1e999 AS b, NULL AS c, 1.5 AS d, 9007199254740993 AS e, 'x' || char(0) AS f";
  const { stdout } = await runCommand('leashi', ['--connect', socket, ...list, sql]);
  t.equal(stdout, '1e+20.0|-inf.0|NULL|1.5|9007199254740993|x\n');
});

t.test('a shell goes on without a config that cannot be used, and says so', async (t) => {
  const home = makeHome({ schedule: 7 });
  t.teardown(() => home.remove());
  const { code, stdout, stderr } = await runCommand('leashi', [
    `--config_path=${home.config}`,
    ...list,
    'SELECT 5',
  ]);
  t.strictSame([code, stdout], [0, '5\n']);
  t.match(stderr, /^Warning: The config is not used: .*leash\.json:1: schedule: expected an object .*\n$/);
});

t.test(
  'tables of a connected daemon’s extensions and config',
  { skip: whyNoGround() ?? false },
  async (t) => {
    const { home, lines, daemon } = await start(t, {
      extensions: { probe: { name: 'probe_registered', table: 'probe_numbers' } },
      views: { probed: 'SELECT pid FROM processes', probe_numbers: "SELECT 'config' AS whose" },
    });
    await lines(/registered as \d+: table probe_numbers/, 1);
    const [row] = await daemon.ask(
      "SELECT owner_uuid > 0 AS theirs FROM osquery_registry WHERE name = 'probe_numbers'",
    );
    t.strictSame(row, { theirs: '1' }, 'a view of that name is no table of the core: the extension has it');
    t.strictSame(await daemon.ask('SELECT extensions FROM osquery_info'), [{ extensions: 'active' }]);
    const schemas = 'CREATE TABLE probe_numbers(`n` INTEGER);\nCREATE TABLE probed(`pid` BIGINT);\n';
    for (const socket of [home.control, join(home.state, 'others.em')]) {
      const shown = await runCommand('leashi', ['--connect', socket, '.schema probe']);
      t.strictSame([shown.stdout, shown.stderr, shown.code], [schemas, '', 0], socket);
    }
    const schema = (...args: readonly string[]) =>
      runCommand('leash', ['schema', '--control', home.control, ...args]);
    t.match(
      (await schema('probe_numbers')).stdout,
      /^probe_numbers: .*extension \d+\.\n[\s\S]*\n {2}n {2}INTEGER\n/,
    );
    const [facts] = JSON.parse((await schema('probed', '--json')).stdout);
    t.match(facts, {
      name: 'probed',
      description: /of the config/,
      columns: [{ name: 'pid', type: 'BIGINT' }],
    });
    t.match((await schema()).stdout, /\nprobe_numbers .*\nprobed .*\nprocess_envs /);
  },
);
