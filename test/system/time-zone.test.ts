import { existsSync } from 'node:fs';
import t from 'tap';
import { cleanEnv, launchDaemon, makeHome, runCommand } from './daemon-harness.ts';

/** Of SQLite's local time, whose zones Node brings along, and of the table's, which reads the host's. */
const sql =
  "SELECT strftime('%H:%M', 1795417827, 'unixepoch', 'localtime') AS clock, local_timezone AS zone FROM time";
const inIndia = {
  clock: '12:40',
  ...(existsSync('/usr/share/zoneinfo/Asia/Kolkata') && { zone: 'IST' }),
};

t.test('local time is that of the TZ of who starts the worker', async (t) => {
  const ask = async (TZ: string): Promise<unknown> => {
    const env = { ...cleanEnv(), TZ };
    const { stdout } = await runCommand('leash', ['query', '--standalone', '--json', sql], { env });
    return (JSON.parse(stdout) as object[])[0];
  };
  t.match(await ask('Asia/Kolkata'), inIndia);
  t.strictSame(await ask('UTC'), { clock: '07:10', zone: 'UTC' });
  const home = makeHome({ schedule: {} });
  t.teardown(() => home.remove());
  const daemon = launchDaemon(home, [], ['/usr/bin/env', 'TZ=Asia/Kolkata']);
  t.teardown(() => daemon.end('SIGKILL'));
  await daemon.line(/Leash is ready/);
  t.match((await daemon.ask(sql))[0], inIndia);
});
