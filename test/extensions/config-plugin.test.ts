import t, { type Test } from 'tap';
import { nodeClock } from '../../platform/node/clock.ts';
import { lazyExtensionClient } from '../../platform/node/thrift/lazy-extension-client.ts';
import { type PluginRequest, succeeded } from '../../protocol/extension/types.ts';
import type { ReloadReport } from '../../protocol/reload.ts';
import { fail, ok } from '../../protocol/result.ts';
import { type ConfigSource, configSource } from '../../supervisor/config/config-source.ts';
import type { Config } from '../../supervisor/config/load.ts';
import { configure } from '../../supervisor/configuration.ts';
import { coreCalls } from '../../supervisor/extensions/call-core.ts';
import { pluginCaller } from '../../supervisor/extensions/plugin-caller.ts';
import { Reloader } from '../../supervisor/reload/reloader.ts';
import { scheduleChange } from '../../supervisor/schedule/schedule-change.ts';
import { flagsOf } from '../supervisor/config/flags-of.ts';
import { startManager, type TestManager } from './manager-harness.ts';
import type { ScriptedAnswer } from './plugin-extension.ts';
import { boardOf, type PluginExtension, startPlugins } from './plugin-harness.ts';

const flags = flagsOf({ config_plugin: 'mine' });

const query = (sql: string): object => ({ query: sql, interval: 60 });
const configText = (schedule: object, more: object = {}): string => JSON.stringify({ schedule, ...more });

interface House {
  readonly manager: TestManager;
  readonly source: ConfigSource;
  readonly said: string[];
  bring(answers: Readonly<Record<string, ScriptedAnswer>>): Promise<PluginExtension>;
  end(extension: PluginExtension): Promise<void>;
  /** Begins without a config, as the daemon does, and asks for the first one. */
  open(): Promise<Reloader>;
  /** Calls a plugin of the daemon as an extension behind a door. */
  call(
    item: string,
    request: Readonly<Record<string, string>>,
    path?: string,
  ): ReturnType<typeof coreCallsOf>;
}

type CoreCalls = ReturnType<typeof coreCalls>;
const coreCallsOf = (calls: CoreCalls, ...call: Parameters<CoreCalls>): ReturnType<CoreCalls> =>
  calls(...call);

/** The daemon's way to its config, with a manager on a real socket. */
const makeHouse = async (t: Test): Promise<House> => {
  const manager = await startManager(t);
  const plugins = pluginCaller({
    board: boardOf(manager),
    client: lazyExtensionClient(nodeClock),
    clock: nodeClock,
  });
  const source = configSource(flags, plugins, {
    readText: () => ({ problem: 'files are not read' }),
    glob: () => ({ problem: 'files are not looked for' }),
  });
  const said: string[] = [];
  let reloader: Reloader | undefined;
  const open = async (): Promise<Reloader> => {
    const opened = Reloader.waiting(
      {
        clock: nodeClock,
        reader: source.reader,
        fetch: () => source.fetch(),
        configure: (reader) => configure(flags, reader),
        refresh: { every_s: 0, whileRefused_s: 300 },
        log: (severity, message) => said.push(`${severity}: ${message}`),
      },
      flags,
    );
    let before: Config = opened.inForce.config;
    opened.begin((next) => {
      const change = scheduleChange(before.schedule, next.schedule);
      before = next;
      return { ok: true, value: change };
    });
    t.teardown(() => opened.stop());
    await opened.reload();
    reloader = opened;
    return opened;
  };
  const calls = coreCalls({
    plugins,
    options: () =>
      new Map([['config_plugin', { value: 'mine', defaultValue: 'filesystem', type: 'string' }]]),
    active: (registry) => (registry === 'config' ? ['mine'] : []),
    log: async () => ({ ok: true, value: undefined }),
    say: () => undefined,
    push: async (name, data): Promise<ReloadReport> => {
      await source.push(name, data);
      if (reloader === undefined) throw new Error('there is no config yet');
      return reloader.reread();
    },
    query: async () => ({ status: { code: 1, message: 'no SQL here', uuid: 0 }, response: [] }),
    queryColumns: async () => ({ status: { code: 1, message: 'no SQL here', uuid: 0 }, response: [] }),
  });
  return {
    manager,
    source,
    said,
    open,
    bring: (answers) =>
      startPlugins(t, {
        socket: manager.path,
        name: 'brings mine',
        plugins: [{ registry: 'config', name: 'mine' }],
        answers,
      }),
    end: async (extension) => {
      await extension.kill();
      manager.manager.tell({ type: 'gone', uuid: extension.uuid });
      await manager.seen('detached', 1);
    },
    call: (item, request, path = manager.path) => {
      const call = { registry: 'config', item, request: new Map(Object.entries(request)) as PluginRequest };
      return coreCallsOf(calls, call, { path, kind: 'managed' });
    },
  };
};

const scheduled = ({ inForce }: Reloader): readonly string[] =>
  inForce.config.schedule.map(({ name, sql }) => `${name}: ${sql}`);

t.test('a config comes from an extension, with the packs that it names by a text', async (t) => {
  const house = await makeHouse(t);
  const main = configText({ a: query('SELECT 1') }, { packs: { p: 'of the server', q: 'of the server' } });
  const extension = await house.bring({
    genConfig: { row: { main, extra: configText({ b: query('SELECT 2') }) } },
    // Either pack is in the answer: a plugin answers by the name that it is asked for.
    genPack: {
      row: {
        p: JSON.stringify({ queries: { x: query('SELECT 3') } }),
        q: JSON.stringify({ queries: { y: query('SELECT 4') } }),
      },
    },
  });
  const reloader = await house.open();
  t.strictSame(scheduled(reloader).toSorted(), [
    'a: SELECT 1',
    'b: SELECT 2',
    'pack_p_x: SELECT 3',
    'pack_q_y: SELECT 4',
  ]);
  t.strictSame(reloader.inForce.config.sources, ['extra', 'main'], 'in the order of their names');
  t.equal(reloader.inForce.valid, true);
  t.match(house.said, [/^info: The config was read again: 4 scheduled queries; 4 added/]);
  t.match(await extension.seen(), { item: 'mine', request: { action: 'genConfig' } });
  t.strictSame((await extension.seen())?.request, { action: 'genPack', name: 'p', value: 'of the server' });
  t.match(await reloader.reload(), { outcome: 'unchanged' });
});

t.test(
  'a plugin that is away or refuses is like a file that cannot be read: the old config stays',
  async (t) => {
    const house = await makeHouse(t);
    const first = await house.bring({ genConfig: { row: { main: configText({ a: query('SELECT 1') }) } } });
    const reloader = await house.open();
    await house.end(first);
    t.match(await reloader.reload(), {
      outcome: 'refused',
      problems: [/mine.*no extension brings the config plugin 'mine'/, /1 error/],
    });
    t.equal(reloader.inForce.valid, false);
    t.strictSame(scheduled(reloader), ['a: SELECT 1']);

    const second = await house.bring({ genConfig: { code: 1, message: 'not now' } });
    t.match(await reloader.reload(), { outcome: 'refused', problems: [/refuses: not now \(code 1\)/, /./] });
    await second.kill();
    house.manager.manager.tell({ type: 'gone', uuid: second.uuid });
    await house.manager.seen('detached', 2);

    await house.bring({ genConfig: { row: { main: configText({ b: query('SELECT 2') }) } } });
    t.match(await reloader.reload(), { outcome: 'applied', added: ['b'], removed: ['a'] });
    t.equal(reloader.inForce.valid, true);
  },
);

t.test('what it pushes goes the way of every config: all of it or nothing', async (t) => {
  const house = await makeHouse(t);
  await house.bring({ genConfig: { row: { main: configText({ a: query('SELECT 1') }) } } });
  const reloader = await house.open();
  const push = (source: string, data: string, path?: string): ReturnType<House['call']> =>
    house.call('', { action: 'update', source, data }, path);
  t.match(await push('more', configText({ b: query('SELECT 2') })), { status: { code: 0 } });
  t.strictSame(scheduled(reloader).toSorted(), ['a: SELECT 1', 'b: SELECT 2']);
  t.match(await push('more', configText({ b: { query: 5 } })), {
    status: { code: 1, message: /refused as a whole; the old one stays in force.*\n.*more/ },
  });
  t.strictSame(scheduled(reloader).toSorted(), ['a: SELECT 1', 'b: SELECT 2'], 'the old one is in force');
  t.equal(reloader.inForce.valid, false);
  t.match(await push('more', configText({ c: query('SELECT 3') })), { status: { code: 0 } });
  t.strictSame(scheduled(reloader).toSorted(), ['a: SELECT 1', 'c: SELECT 3']);
  t.equal(reloader.inForce.valid, true);
  const foreign = await push('more', configText({}), '/somebody/else');
  t.match(foreign.status, { code: 1, message: /only the extension that brings the active config plugin/ });
  t.strictSame(scheduled(reloader).toSorted(), ['a: SELECT 1', 'c: SELECT 3']);
  t.match(await reloader.reload(), { outcome: 'unchanged' }, 'what was pushed outlives a refresh');
});

t.test('an extension may ask for a flag', async (t) => {
  const house = await makeHouse(t);
  t.match(await house.call('mine', { action: 'option', name: 'config_plugin' }), {
    status: { code: 0 },
    response: [
      new Map([
        ['name', 'config_plugin'],
        ['value', 'mine'],
      ]),
    ],
  });
  t.match(await house.call('', { action: 'option', name: 'nothing' }), { status: { code: 1 } });
  t.match(await house.call('', { action: 'genConfig' }), {
    status: { code: 1, message: /update and option/ },
  });
});

t.test('a plugin without a source is refused', async (t) => {
  const house = await makeHouse(t);
  await house.bring({ genConfig: { row: {} } });
  const reloader = await house.open();
  t.equal(reloader.inForce.valid, false);
  t.match(house.said.join('\n'), /error: .*mine.*it gave no source/);
});

t.test('a plugin that gives no answer for a pack is not asked for the next one', async (t) => {
  const asked: string[] = [];
  const main = configText({}, { packs: { a: 'remote', b: 'remote', c: 'remote' } });
  const source = configSource(
    flags,
    {
      call: async (_registry, _item, request) => {
        asked.push(String(request.get('name') ?? request.get('action')));
        if (request.get('action') !== 'genConfig')
          return fail({ reason: 'call_failed', message: 'it hangs' });
        return ok({ status: succeeded(), response: [new Map([['main', main]])] });
      },
    },
    { readText: () => ({ problem: '' }), glob: () => ({ paths: [] }) },
  );
  await source.fetch();
  t.strictSame(asked, ['genConfig', 'a']);
  const read = configure(flags, source.reader);
  t.match(read, { ok: false, error: { message: /pack a \(remote\).*it hangs/ } });
  t.match(read, { error: { message: /pack c \(remote\).*it hangs/ } });
});
