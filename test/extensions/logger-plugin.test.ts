import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createActorSystem } from '../../actors/index.ts';
import type { Ledger } from '../../platform/ledger.ts';
import { nodeClock } from '../../platform/node/clock.ts';
import { nodeRandom } from '../../platform/node/random.ts';
import { lazyExtensionClient } from '../../platform/node/thrift/lazy-extension-client.ts';
import { pluginCaller } from '../../supervisor/extensions/plugin-caller.ts';
import { type LoggerChildren, loggerChildren } from '../../supervisor/ledger/logger-children.ts';
import { StatusRelay } from '../../supervisor/ledger/status-relay.ts';
import { createThreadLedger } from '../../supervisor/ledger/thread-ledger.ts';
import { startManager, type TestManager } from './manager-harness.ts';
import { boardOf, type PluginExtension, startPlugins } from './plugin-harness.ts';

const entry = new URL('../../supervisor/ledger/ledger-thread.ts', import.meta.url).pathname;

interface House {
  readonly manager: TestManager;
  readonly ledger: Ledger;
  readonly children: LoggerChildren;
  /** Lines of the file. */
  logged(): readonly string[];
  /** Starts an extension that brings this logger. */
  bring(logger: string): Promise<PluginExtension>;
  /** Ends an extension; whoever watches it tells the manager. */
  end(extension: PluginExtension): Promise<void>;
}

/** The spool in a real results.db on its thread, a file and these loggers, and a manager on a real socket. */
const makeHouse = async (t: Test, loggers: readonly string[]): Promise<House> => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-loggers-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const loggerPath = join(directory, 'log');
  const ledger = createThreadLedger(
    {
      directory,
      loggerPath,
      loggerMode: 0o600,
      loggers: ['filesystem', ...loggers],
      spool: { lines: 0, bytes: 2 ** 30 },
      uid: process.getuid?.() ?? 0,
    },
    entry,
  );
  t.teardown(() => ledger.close());
  const opened = await ledger.open();
  if (!opened.ok) throw new Error(opened.error.message);
  const manager = await startManager(t);
  const plugins = pluginCaller({
    board: boardOf(manager),
    client: lazyExtensionClient(nodeClock),
    clock: nodeClock,
  });
  const children = loggerChildren(
    { names: loggers, plugins, statuses: new StatusRelay(), hostIdentifier: 'h' },
    { ledger, book: { spooledLines: 0 }, emit: () => undefined },
  );
  const system = createActorSystem({ clock: nodeClock, random: nodeRandom });
  t.teardown(() => system.stop());
  system.supervise('loggers', {
    strategy: 'one_for_one',
    intensity: 1,
    period_ms: 1_000,
    children: children.specs.map((spec) => ({ ...spec, restart: 'permanent' as const })),
  });
  return {
    manager,
    ledger,
    children,
    logged: () =>
      readFileSync(join(loggerPath, 'osqueryd.results.log'), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    bring: (logger) =>
      startPlugins(t, {
        socket: manager.path,
        name: `brings ${logger}`,
        plugins: [{ registry: 'logger', name: logger }],
      }),
    end: async (extension) => {
      await extension.kill();
      manager.manager.tell({ type: 'gone', uuid: extension.uuid });
    },
  };
};

const lines = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}`);

/** Reads what a logger is asked until it got this line or ended. */
const readUntil = async (
  extension: PluginExtension,
  last: string | undefined,
): Promise<readonly string[]> => {
  const got: string[] = [];
  for (;;) {
    const call = await extension.seen();
    if (call === undefined) return got;
    const { string } = call.request;
    if (string !== undefined) got.push(string);
    if (string === last) return got;
  }
};

t.test(
  'kill -9 of a logger in the middle of a batch, again and again: every line comes, in order; the file has each once',
  async (t) => {
    const house = await makeHouse(t, ['mortal']);
    const all = lines(0, 400);
    const spool = async (): Promise<void> => {
      for (let from = 0; from < all.length; from += 40) {
        await house.ledger.append('results', all.slice(from, from + 40));
        house.children.spooled();
        await house.ledger.deliver();
      }
    };
    const spooling = spool();
    const got: string[] = [];
    for (const last of ['line 57', 'line 58', 'line 203', 'line 399']) {
      const extension = await house.bring('mortal');
      const before = await readUntil(extension, last);
      await house.end(extension);
      got.push(...before, ...(await readUntil(extension, undefined)));
    }
    await spooling;
    t.strictSame([...new Set(got)], all, 'in order, none is missing');
    t.ok(got.length - all.length <= 8, `${got.length - all.length} came twice`);
    t.strictSame(house.logged(), all);
  },
);

t.test('loggers keep a pace of their own, and a long line arrives as it is', async (t) => {
  const house = await makeHouse(t, ['here', 'away']);
  const here = await house.bring('here');
  const long = `ä${'x'.repeat(600_000)}`;
  const all = [...lines(0, 20), long, 'last'];
  await house.ledger.append('results', all);
  house.children.spooled();
  t.strictSame(await readUntil(here, 'last'), all);
  t.match(await house.ledger.deliver(), { ok: true, value: { delivered: 22, pending: 22 } });
  const away = await house.bring('away');
  t.strictSame(await readUntil(away, 'last'), all);
});
