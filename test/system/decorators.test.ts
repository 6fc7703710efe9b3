import { hostname } from 'node:os';
import t from 'tap';
import { makeHome, startDaemon, until } from './daemon-harness.ts';

t.test(
  'result lines have what the decorators say, and a pack runs where its discovery has rows',
  async (t) => {
    const query = 'SELECT 1 AS one';
    const config = {
      decorators: {
        load: ['SELECT hostname AS host FROM system_info', 'SELECT 1 AS one, NULL AS none, 2.5 AS half'],
        always: [
          'SELECT count(*) AS leases FROM leash_leases',
          "SELECT printf('%.*c', 600000, 'x') AS endless",
        ],
      },
      schedule: { own: { query, interval: 1, snapshot: true } },
      packs: {
        here: {
          discovery: ["SELECT 1 FROM processes WHERE name = 'no such name' OR pid = 1"],
          queries: { q: { query, interval: 1 } },
        },
        elsewhere: { discovery: ['SELECT 1', 'SELECT 1 WHERE 0'], queries: { q: { query, interval: 1 } } },
        wrong: { discovery: ['SELECT * FROM nowhere'], queries: { q: { query, interval: 1 } } },
      },
    };
    const home = makeHome(config);
    t.teardown(() => home.remove());
    const daemon = await startDaemon(home);
    t.teardown(() => daemon.end('SIGKILL'));
    await daemon.line(/A decorator gives nothing: its first row has more than 512 KiB: SELECT printf/);
    await daemon.line(/Pack 'elsewhere' is not for this host at present: .*: SELECT 1 WHERE 0/);
    await daemon.line(/Pack 'wrong' does not run: .*no such table: nowhere/);
    await until(() => home.resultLines().length > 0 && home.resultLines('snapshots').length > 1);
    const [line = '{}'] = home.resultLines();
    const decorations = { half: '2.5', host: hostname(), leases: /^\d+$/, none: '', one: '1' };
    t.match(JSON.parse(line), { name: 'pack_here_q', columns: { one: '1' }, decorations });
    for (const snapshot of home.resultLines('snapshots'))
      t.match(JSON.parse(snapshot), { name: 'own', decorations });
    t.notMatch(home.resultLines('snapshots').join(''), /endless/);
    const packs = 'SELECT name, discovery_executions, active FROM osquery_packs ORDER BY name';
    t.strictSame(await daemon.ask(packs), [
      { name: 'elsewhere', discovery_executions: '1', active: '0' },
      { name: 'here', discovery_executions: '1', active: '1' },
      { name: 'main', discovery_executions: '0', active: '1' },
      { name: 'wrong', discovery_executions: '1', active: '0' },
    ]);
    t.strictSame(await daemon.ask('SELECT name FROM osquery_schedule ORDER BY name'), [
      { name: 'own' },
      { name: 'pack_here_q' },
    ]);
    const why = await daemon.command('why', 'pack_elsewhere_q');
    t.match(why.stdout, /its pack 'elsewhere' is not for this host at present/);
    t.match(why.stdout, /SELECT 1 WHERE 0/);

    home.writeConfig({ ...config, options: { disable_decorators: true } });
    t.equal((await daemon.command('reload')).code, 0);
    const before = home.resultLines('snapshots').length;
    await until(() => home.resultLines('snapshots').length > before + 2);
    t.notMatch(home.resultLines('snapshots').at(-1), /decorations/);
  },
);
