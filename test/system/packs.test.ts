import t from 'tap';
import { makeHome, startDaemon } from './daemon-harness.ts';

t.test('osquery_packs tells which packs are for this host', async (t) => {
  const queries = { one: { query: 'SELECT 1', interval: 3600 } };
  const home = makeHome({
    schedule: { own: queries.one },
    packs: {
      here: { queries, platform: 'linux', version: '1.0', shard: 100 },
      plain: { queries },
      elsewhere: { queries, platform: 'darwin' },
    },
  });
  t.teardown(() => home.remove());
  const daemon = await startDaemon(home);
  t.teardown(() => daemon.end('SIGKILL'));
  const none = { discovery_cache_hits: '0', discovery_executions: '0' };
  t.strictSame(await daemon.ask('SELECT * FROM osquery_packs ORDER BY name'), [
    { name: 'elsewhere', platform: 'darwin', version: '', shard: '0', ...none, active: '0' },
    { name: 'here', platform: 'linux', version: '1.0', shard: '100', ...none, active: '1' },
    { name: 'main', platform: '', version: '', shard: '0', ...none, active: '1' },
    { name: 'plain', platform: '', version: '', shard: '0', ...none, active: '1' },
  ]);
  t.strictSame(await daemon.ask('SELECT name FROM osquery_schedule ORDER BY name'), [
    { name: 'own' },
    { name: 'pack_here_one' },
    { name: 'pack_plain_one' },
  ]);
});
