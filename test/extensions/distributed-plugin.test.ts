import t from 'tap';
import { nodeClock } from '../../platform/node/clock.ts';
import { lazyExtensionClient } from '../../platform/node/thrift/lazy-extension-client.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import { pluginCaller } from '../../supervisor/extensions/plugin-caller.ts';
import { startRealHost } from '../offenders/real-host.ts';
import { startManager } from './manager-harness.ts';
import { boardOf, startPlugins } from './plugin-harness.ts';

interface Told {
  readonly queries: Readonly<Record<string, readonly object[]>>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly messages: Readonly<Record<string, string>>;
  readonly stats: Readonly<Record<string, { readonly wall_time_ms?: number }>>;
}

const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';

t.test(
  'an extension asks; workers answer under leases, and a query that is too dear is denied next time',
  async (t) => {
    const manager = await startManager(t);
    const plugins = pluginCaller({
      board: boardOf(manager),
      client: lazyExtensionClient(nodeClock),
      clock: nodeClock,
    });
    const queries = {
      plain: "SELECT 1 AS z, 'x' AS a, NULL AS n, 1.5 AS d",
      broken: 'SELECT * FROM nowhere',
      dear: endless,
      absent: 'SELECT 1',
    };
    const results = JSON.stringify({ queries, discovery: { absent: 'SELECT 1 WHERE 0' } });
    const extension = await startPlugins(t, {
      socket: manager.path,
      name: 'brings d',
      plugins: [{ registry: 'distributed', name: 'd' }],
      answers: { getQueries: { row: { results } } },
    });
    const host = await startRealHost({
      lanes: 2,
      distributed: {
        plugin: () => 'd',
        plugins,
        budget: { ...budgetOfLevel['0'], cpu_ms: 200 },
        cpuPercentOfFlags: false,
        interval_s: () => 1,
        nullvalue: () => '',
        logQueries: () => false,
      },
    });
    t.teardown(() => host.stop());
    const told = async (): Promise<Told> => {
      for (;;) {
        const call = await extension.seen();
        if (call === undefined) throw new Error('the extension ended');
        if (call.request.action === 'writeResults') return JSON.parse(call.request.results ?? '') as Told;
      }
    };
    const first = await told();
    t.strictSame(first.queries, {
      broken: [],
      dear: [],
      plain: [{ z: '1', a: 'x', n: '', d: '1.5' }],
    });
    t.strictSame(first.statuses, { broken: 1, dear: 1, plain: 0 });
    t.match(first.messages, { plain: '', broken: /no such table: nowhere/, dear: /cpu_ms limit of 200/ });
    t.ok((first.stats.dear?.wall_time_ms ?? 0) > 0);
    const second = await told();
    t.strictSame(second.statuses, { broken: 1, dear: 1, plain: 0 });
    t.match(second.messages.dear, /^distributed query is denylisted: 'distributed' is on the denylist until/);
    t.strictSame(second.stats.dear, {}, 'it did not run');
  },
);
