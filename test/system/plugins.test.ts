import { chmodSync, existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeGround } from '../supervisor/extensions/ground.ts';
import { whyNoNodeExtension } from '../supervisor/extensions/own-node.ts';
import { launchDaemon, makeHome, until } from './daemon-harness.ts';

/** An extension with the SDK: its config schedules a query, its logger writes into a file. */
const pluginsText = (log: string): string => `#!${realpathSync(process.execPath)}
const { appendFile } = require('node:fs/promises');
import(${JSON.stringify(join(import.meta.dirname, '../../extensions/index.ts'))}).then((sdk) => {
  const schedule = { brought: { query: 'SELECT 7 AS seven', interval: 1, snapshot: true } };
  const config = sdk.defineConfig({ name: 'ours', sources: () => ({ main: JSON.stringify({ schedule }) }) });
  const write = (line) => appendFile(${JSON.stringify(log)}, line + '\\n');
  const logger = sdk.defineLogger({ name: 'ours', result: write, snapshot: write });
  return sdk.serve({ name: 'ours', version: '1', plugins: [config, logger] });
});
`;

t.test('a daemon whose plugins nobody brings ends with code 78 and says which', async (t) => {
  for (const [flags, words] of [
    [['--config_plugin=nobodys'], /config_plugin is 'nobodys': .*no extension brings it/],
    [['--logger_plugin=filesystem,nobodys'], /logger_plugin is 'nobodys'/],
    // Its default is osquery's, which Leash does not have.
    [['--disable_distributed=false'], /distributed_plugin is 'tls'/],
  ] as const) {
    const home = makeHome({ schedule: {} });
    t.teardown(() => home.remove());
    const daemon = launchDaemon(home, flags);
    t.teardown(() => daemon.end('SIGKILL'));
    t.match(await daemon.exited, { code: 78 });
    t.match(daemon.stderr.join('\n'), words);
  }
});

t.test('without files among its loggers the daemon writes no result log, and keeps no lines', async (t) => {
  const home = makeHome({ schedule: { q: { query: 'SELECT 1', interval: 1 } } });
  t.teardown(() => home.remove());
  const daemon = launchDaemon(home, ['--logger_plugin=']);
  t.teardown(() => daemon.end('SIGKILL'));
  await daemon.line(/Leash is ready/);
  const ran = async (): Promise<boolean> => {
    const [row] = await daemon.ask<{ executions: string }>('SELECT executions FROM osquery_schedule');
    return Number(row?.executions) > 0;
  };
  while (!(await ran()));
  t.strictSame(home.resultLines(), []);
  t.match((await daemon.command('status')).stdout, /\(0 lines wait\)/, 'nor does anything wait');
});

t.test(
  'a managed extension brings the config, which is in force, and a logger, which gets the lines',
  { skip: whyNoNodeExtension() ?? false },
  async (t) => {
    const ground = makeGround();
    const home = makeHome({ schedule: { unused: { query: 'SELECT 1', interval: 1 } } });
    const log = join(home.logs, 'ours.log');
    const path = join(ground.root, 'ours.ext');
    writeFileSync(path, pluginsText(log));
    chmodSync(path, 0o755);
    writeFileSync(join(ground.root, 'load'), path);
    const daemon = launchDaemon(home, [
      `--extensions_autoload=${join(ground.root, 'load')}`,
      `--extensions_socket=${join(home.state, 'others.em')}`,
      '--extensions_timeout=60',
      '--config_plugin=ours',
      '--logger_plugin=filesystem,ours',
    ]);
    t.teardown(async () => {
      await daemon.end('SIGKILL');
      home.remove();
      ground.remove();
    });
    await daemon.line(/'ours' registered as \d+/);
    const lines = (): readonly string[] =>
      existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    await until(() => lines().length > 0 || daemon.process.exitCode !== null);
    t.match(JSON.parse(lines()[0] ?? '{}'), {
      name: 'brought',
      action: 'snapshot',
      snapshot: [{ seven: '7' }],
    });
    t.strictSame(await daemon.ask('SELECT name, interval FROM osquery_schedule'), [
      { name: 'brought', interval: '1' },
    ]);
    t.match(await daemon.ask('SELECT config_valid FROM osquery_info'), [{ config_valid: '1' }]);
    const registered =
      "SELECT registry, name, owner_uuid > 0 AS theirs, internal, active FROM osquery_registry WHERE registry != 'table' ORDER BY 1, 2";
    t.strictSame(await daemon.ask(registered), [
      { registry: 'config', name: 'filesystem', theirs: '0', internal: '0', active: '0' },
      { registry: 'config', name: 'ours', theirs: '1', internal: '0', active: '1' },
      { registry: 'logger', name: 'filesystem', theirs: '0', internal: '0', active: '1' },
      { registry: 'logger', name: 'ours', theirs: '1', internal: '0', active: '1' },
    ]);
    await until(() => home.resultLines('snapshots').length > 0);
    t.match(home.resultLines('snapshots')[0], /seven/, 'files get them, too');
    await daemon.end('SIGTERM');
  },
);
