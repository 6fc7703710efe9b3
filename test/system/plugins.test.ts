import t from 'tap';
import { launchDaemon, makeHome } from './daemon-harness.ts';

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
