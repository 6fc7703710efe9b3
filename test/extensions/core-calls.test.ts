import t, { type Test } from 'tap';
import { nodeClock } from '../../platform/node/clock.ts';
import { createExtensionClient } from '../../platform/node/thrift/extension-client.ts';
import { lazyExtensionClient } from '../../platform/node/thrift/lazy-extension-client.ts';
import type { ExtensionResponse } from '../../protocol/extension/types.ts';
import { fail, ok } from '../../protocol/result.ts';
import { type CoreCallDeps, coreCalls } from '../../supervisor/extensions/call-core.ts';
import { activeItems, sqlOfManager } from '../../supervisor/extensions/core-access.ts';
import type { AskedSql } from '../../supervisor/extensions/manager.ts';
import { pluginCaller } from '../../supervisor/extensions/plugin-caller.ts';
import { flagsOf } from '../supervisor/config/flags-of.ts';
import { runCommand } from '../system/daemon-harness.ts';
import { startManager } from './manager-harness.ts';
import { boardOf, type PluginExtension, startPlugins } from './plugin-harness.ts';
import { callBounds } from './sockets.ts';

/** An answer as a test compares it. */
interface Answer {
  readonly code: number;
  readonly message: string;
  readonly rows: readonly Readonly<Record<string, string>>[];
}

interface House {
  /** Calls a plugin of the daemon through the manager's socket, as an extension does. */
  call(registry: string, item: string, request: Readonly<Record<string, string>>): Promise<Answer>;
  /** Starts an extension behind a door of its own. */
  bring(registry: string, name: string): Promise<PluginExtension>;
  /** Starts one behind the door that `call` comes by. */
  bringHere(registry: string, name: string): Promise<PluginExtension>;
  /** What was spooled. */
  readonly spooled: string[];
  readonly said: string[];
  storeFails: boolean;
}

/** SQL as a worker of ours answers it. */
const query = async ({ sql }: AskedSql): Promise<ExtensionResponse> => {
  const { code, stdout, stderr } = await runCommand('leash', ['query', '--standalone', '--json', sql]);
  if (code !== 0) return { status: { code: 1, message: stderr, uuid: 0 }, response: [] };
  const rows = JSON.parse(stdout) as readonly Record<string, string>[];
  return {
    status: { code: 0, message: 'OK', uuid: 0 },
    response: rows.map((row) => new Map(Object.entries(row))),
  };
};

const makeHouse = async (t: Test, flags: Readonly<Record<string, string>> = {}): Promise<House> => {
  const spooled: string[] = [];
  const said: string[] = [];
  const house = { spooled, said, storeFails: false };
  let calls: ReturnType<typeof coreCalls> | undefined;
  const manager = await startManager(t, {
    query,
    queryColumns: async () => ({
      status: { code: 0, message: 'OK', uuid: 0 },
      response: [new Map([['pid', 'BIGINT']]), new Map([['name', 'TEXT']])],
    }),
    call: async (call, door) => {
      if (calls === undefined) throw new Error('nobody calls yet');
      return calls(call, door);
    },
  });
  const elsewhere = await manager.open({ path: `${manager.path}-other`, kind: 'managed' });
  const deps: CoreCallDeps = {
    plugins: pluginCaller({
      board: boardOf(manager),
      client: lazyExtensionClient(nodeClock),
      clock: nodeClock,
    }),
    options: () => new Map(),
    active: (registry) => activeItems(flagsOf(flags), registry),
    log: async (log, lines) => {
      if (house.storeFails) return fail({ reason: 'disk_full', message: 'the disk is full.' });
      spooled.push(...lines.map((line) => `${log}: ${line}`));
      return ok(undefined);
    },
    say: (message) => said.push(message),
    push: async () => {
      throw new Error('nobody pushes');
    },
    ...sqlOfManager(manager),
  };
  calls = coreCalls(deps);
  const client = createExtensionClient(nodeClock);
  const bringBy = (socket: string, registry: string, name: string): Promise<PluginExtension> =>
    startPlugins(t, {
      socket,
      name: `brings ${registry} ${name}`,
      plugins: [{ registry, name }],
      answers: { hello: { row: { from: name } }, features: { code: 3, message: 'all' } },
    });
  return Object.assign(house, {
    call: async (
      registry: string,
      item: string,
      request: Readonly<Record<string, string>>,
    ): Promise<Answer> => {
      const answer = await client.call(
        manager.path,
        { method: 'call', registry, item, request: new Map(Object.entries(request)) },
        callBounds,
      );
      if (!answer.ok) throw new Error(answer.error.message);
      const { status, response } = answer.value;
      return {
        code: status.code,
        message: status.message,
        rows: response.map((row) => Object.fromEntries(row)),
      };
    },
    bring: (registry: string, name: string) => bringBy(elsewhere.door.path, registry, name),
    bringHere: (registry: string, name: string) => bringBy(manager.path, registry, name),
  });
};

const done = { code: 0, message: 'OK', rows: [] };

t.test('lines of an extension go to all active loggers, by the spool', async (t) => {
  const house = await makeHouse(t, { logger_plugin: 'filesystem,mine' });
  const logger = (request: Readonly<Record<string, string>>, item = ''): Promise<Answer> =>
    house.call('logger', item, request);
  t.strictSame(await logger({ string: 'one', category: 'event' }), done);
  t.strictSame(await logger({ snapshot: 'two' }, 'filesystem'), done);
  t.strictSame(await logger({ string_batch: 'three\nfour\n' }), done);
  t.strictSame(await logger({ event: 'five' }), done);
  t.strictSame(await logger({ init: 'osqueryd' }), done);
  t.strictSame(await logger({ status: 'true', log: '[{"s":1}]' }), done);
  t.strictSame(await logger({ action: 'features' }), done);
  t.match(await logger({ what: 'this' }), { code: 1, message: /does not know this request/ });
  t.strictSame(house.spooled, [
    'results: one',
    'snapshots: two',
    'results: three',
    'results: four',
    'results: five',
  ]);
  t.strictSame(house.said, ['An extension says: [{"s":1}]']);
  house.storeFails = true;
  t.strictSame(await logger({ string: 'lost' }), { code: 1, message: 'the disk is full.', rows: [] });
});

t.test('plugins of other extensions are called through the daemon, with whatever they answer', async (t) => {
  const house = await makeHouse(t, { disable_distributed: 'false', distributed_plugin: 'd' });
  const other = await house.bring('distributed', 'd');
  await house.bringHere('logger', 'own');
  const hello = { code: 0, message: 'OK', rows: [{ from: 'd' }] };
  t.strictSame(await house.call('distributed', 'd', { action: 'hello', more: 'x' }), hello);
  t.strictSame(await house.call('distributed', '', { action: 'hello' }), hello, 'the active one');
  t.match(await house.call('distributed', 'd', { action: 'features' }), { code: 3, message: 'all' });
  t.strictSame((await other.seen())?.request, { action: 'hello', more: 'x' });
  t.match(await house.call('logger', 'own', { action: 'hello' }), {
    code: 1,
    message: /its own plugins itself/,
  });
});

t.test('what there is not is refused in the words of osquery', async (t) => {
  const house = await makeHouse(t);
  t.match(await house.call('nothing', 'x', {}), { code: 1, message: 'Unknown registry: nothing' });
  t.match(await house.call('logger', 'x', {}), { code: 1, message: 'Cannot call registry item: x' });
  t.match(await house.call('distributed', '', {}), { code: 1, message: 'Cannot call registry item: ' });
  t.match(await house.call('table', "no'where", { action: 'columns' }), {
    code: 1,
    message: "Cannot call registry item: no'where",
  });
});

t.test('SQL and tables of the daemon are asked as a query is', async (t) => {
  const house = await makeHouse(t);
  t.match(await house.call('sql', '', { action: 'query', query: "SELECT 5 AS n, 'a' AS b" }), {
    rows: [{ n: '5', b: 'a' }],
  });
  t.strictSame((await house.call('sql', 'sql', { action: 'columns', query: 'SELECT …' })).rows, [
    { n: 'pid', t: 'BIGINT', o: '0' },
    { n: 'name', t: 'TEXT', o: '0' },
  ]);
  const tables = await house.call('sql', 'sql', { action: 'tables' });
  t.ok(tables.rows.some((row) => row.t === 'processes'));
  t.match(await house.call('sql', 'sql', { action: 'attach', table: 'x' }), { code: 1 });

  t.match((await house.call('table', 'time', { action: 'columns' })).rows[0], {
    id: 'column',
    name: 'weekday',
    type: 'TEXT',
    op: '0',
  });
  const generate = (table: string, constraints: object): Promise<Answer> =>
    house.call('table', table, { action: 'generate', context: JSON.stringify({ constraints }) });
  const files = await generate('file', [
    {
      name: 'path',
      list: [
        { op: 2, expr: '/etc/passwd' },
        { op: '2', expr: "/no'where" },
      ],
      affinity: 'TEXT',
    },
    { name: 'unknown', list: [{ op: 2, expr: 'x' }] },
    { name: 'size', list: [{ op: 4, expr: '0' }] },
  ]);
  t.match(files, { code: 0, rows: [{ path: '/etc/passwd', type: 'regular' }] });
  t.equal(files.rows.length, 1);
  t.match(await house.call('table', 'file', { action: 'generate', context: '{' }), {
    code: 1,
    message: /JSON/,
  });
  t.match(await house.call('table', 'time', { action: 'dance' }), { code: 1 });
});
