import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ExtensionClient } from '../../../platform/extension-wire.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { lazyExtensionClient } from '../../../platform/node/thrift/lazy-extension-client.ts';
import { SimulatedClock } from '../../../platform/simulated-clock.ts';
import type { ManagerCall } from '../../../protocol/extension/calls.ts';
import type { ExtensionResponse } from '../../../protocol/extension/types.ts';
import { fail, ok } from '../../../protocol/result.ts';
import {
  activeConfig,
  activePlugins,
  awaitPlugins,
  pluginWait_ms,
} from '../../../supervisor/extensions/await-plugins.ts';
import { type PluginCaller, pluginCaller } from '../../../supervisor/extensions/plugin-caller.ts';
import type { Registration } from '../../../supervisor/extensions/registry.ts';
import { oneRow } from '../../extensions/manager-harness.ts';
import { scratch, serving } from '../../extensions/sockets.ts';
import { flagsOf } from '../config/flags-of.ts';

const registrationOf = (path: string, plugins: Registration['plugins']): Registration => ({
  uuid: 7,
  door: { path, kind: 'managed' },
  info: { name: 'ext', version: '', sdkVersion: '', minSdkVersion: '' },
  socketDueAt_ms: 0,
  plugins,
  tables: [],
  away: new Map(),
});

interface House {
  readonly caller: PluginCaller;
  readonly calls: ManagerCall[];
  readonly attached: Map<number, Registration>;
  readonly path: string;
}

const makeHouse = async (
  t: Test,
  answer: (call: ManagerCall) => ExtensionResponse = () => oneRow({ here: 'yes' }),
): Promise<House> => {
  const path = join(scratch(t), 'em');
  const calls: ManagerCall[] = [];
  await serving(t, `${path}.7`, {
    answer: async (call) => {
      calls.push(call);
      return call.method === 'ping'
        ? { kind: 'answer', answer: { method: 'ping', value: { code: 1, message: 'whatever', uuid: 0 } } }
        : { kind: 'answer', answer: { method: 'call', value: answer(call) } };
    },
  });
  const attached = new Map([
    [
      7,
      registrationOf(path, [
        { registry: 'logger', name: 'one' },
        { registry: 'config', name: 'two' },
      ]),
    ],
  ]);
  const caller = pluginCaller({
    board: { attached },
    client: lazyExtensionClient(nodeClock),
    clock: nodeClock,
  });
  return { caller, calls, attached, path };
};

const request = new Map([['action', 'features']]);

t.test('a plugin is pinged, then called; nobody looks at the status of a ping', async (t) => {
  const { caller, calls } = await makeHouse(t);
  t.match(await caller.call('logger', 'one', request, 20_000), {
    ok: true,
    value: { status: { code: 0 }, response: [new Map([['here', 'yes']])] },
  });
  t.match(calls, [{ method: 'ping' }, { method: 'call', registry: 'logger', item: 'one', request }]);
});

t.test('who is not registered is not called; the answer of one that is dead is a failure', async (t) => {
  const { caller, calls, attached, path } = await makeHouse(t);
  const missing = {
    ok: false,
    error: { reason: 'no_plugin', message: /no extension brings the config plugin 'one'/ },
  };
  t.match(await caller.call('config', 'one', request, 20_000), missing);
  t.equal(caller.bringer('logger', 'one')?.uuid, 7);
  attached.set(7, { ...registrationOf(`${path}.elsewhere`, [{ registry: 'logger', name: 'one' }]) });
  t.match(await caller.call('logger', 'one', request, 50), {
    ok: false,
    error: { reason: 'call_failed', message: /gave no answer: nobody listens on .*elsewhere\.7/ },
  });
  attached.clear();
  t.equal(caller.bringer('logger', 'one'), undefined);
  t.match(await caller.call('logger', 'one', request, 20_000), { error: { reason: 'no_plugin' } });
  t.strictSame(calls, []);
});

t.test(
  'one that has just registered is waited for until it listens; one that was heard is not',
  async (t) => {
    const path = join(scratch(t), 'em');
    const clock = new SimulatedClock();
    const plugins = [{ registry: 'config', name: 'two' }] as const;
    const attached = new Map([[7, registrationOf(path, plugins)]]);
    const states = ['no_listener', 'no_listener', 'there', 'no_listener'];
    const pings: string[] = [];
    const call: unknown = async (_: string, { method }: ManagerCall) => {
      if (method === 'call') return ok(oneRow({ here: 'yes' }));
      const state = states.shift() ?? 'none';
      pings.push(state);
      return state === 'there'
        ? ok({ code: 0, message: 'pong', uuid: 0 })
        : fail({ reason: state, message: 'nobody listens' });
    };
    const caller = pluginCaller({ board: { attached }, client: { call } as ExtensionClient, clock });
    const coming = caller.call('config', 'two', request, 20_000);
    await clock.advance(40);
    t.match(await coming, { ok: true });
    t.match(await caller.call('config', 'two', request, 20_000), { error: { reason: 'call_failed' } });
    t.strictSame(pings, ['no_listener', 'no_listener', 'there', 'no_listener']);
  },
);

t.test('a config may be as long as a file, other answers are control messages', async (t) => {
  const { caller } = await makeHouse(t, () => oneRow({ text: 'x'.repeat(2 ** 20) }));
  const config = await caller.call('config', 'two', request, 20_000);
  t.equal(config.ok && config.value.response[0]?.get('text')?.length, 2 ** 20);
  t.match(await caller.call('logger', 'one', request, 20_000), {
    error: { reason: 'call_failed', message: /too large/ },
  });
});

t.test('one that takes the connection and says nothing ends at the deadline of the ping', async (t) => {
  const path = join(scratch(t), 'em');
  let connections = 0;
  const server: Server = createServer(() => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(`${path}.7`, resolve));
  t.teardown(() => server.close());
  const board = { attached: new Map([[7, registrationOf(path, [{ registry: 'logger', name: 'one' }])]]) };
  const caller = pluginCaller({ board, client: lazyExtensionClient(nodeClock), clock: nodeClock });
  t.match(await caller.call('logger', 'one', request, 50), {
    error: { reason: 'call_failed', message: /did not answer within 50 ms/ },
  });
  t.equal(connections, 1, 'it is not called after that');
  rmSync(`${path}.7`, { force: true });
});

t.test('which plugins an extension has to bring is told by the flags', async (t) => {
  t.strictSame(activeConfig(flagsOf({})), []);
  t.strictSame(activePlugins(flagsOf({})), [], 'none by default');
  t.strictSame(activeConfig(flagsOf({ config_plugin: 'mine' })), [{ registry: 'config', name: 'mine' }]);
  const many = {
    logger_plugin: 'one, filesystem,two,one',
    disable_distributed: 'false',
    distributed_plugin: 'd',
  };
  t.strictSame(activePlugins(flagsOf(many)), [
    { registry: 'logger', name: 'one' },
    { registry: 'logger', name: 'two' },
    { registry: 'distributed', name: 'd' },
  ]);
  t.strictSame(activePlugins(flagsOf({ logger_plugin: 'one', disable_logging: 'true' })), []);
  t.equal(pluginWait_ms(flagsOf({}), true), 3_000);
  t.equal(pluginWait_ms(flagsOf({ extensions_timeout: '0' }), true), 200);
  t.equal(pluginWait_ms(flagsOf({ extensions_timeout: '9' }), false), 0);
});

t.test('the start waits for a plugin that is missing, and no longer than it may', async (t) => {
  const clock = new SimulatedClock();
  const attached = new Map<number, Registration>();
  const plugins = pluginCaller({ board: { attached }, client: lazyExtensionClient(clock), clock });
  const wanted = activePlugins(flagsOf({ logger_plugin: 'one' }));
  const coming = awaitPlugins({ plugins, clock }, wanted, 3_000);
  await clock.advance(2_000);
  attached.set(7, registrationOf('em', [{ registry: 'logger', name: 'one' }]));
  await clock.advance(20);
  t.match(await coming, { ok: true });
  attached.clear();
  const missing = awaitPlugins({ plugins, clock }, wanted, 3_000);
  await clock.advance(3_020);
  t.match(await missing, {
    error: { reason: 'missing_plugin', message: /^logger_plugin is 'one': .* waited 3000 ms/ },
  });
  t.match(await awaitPlugins({ plugins, clock }, wanted, 0), { error: { message: /brings it\.$/ } });
});
