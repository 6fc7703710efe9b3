import { join, resolve } from 'node:path';
import { inMemoryGuardStore } from '../platform/in-memory-guard-store.ts';
import { noCgroups } from '../platform/node/cgroup/worker-cgroups.ts';
import { nodeClock } from '../platform/node/clock.ts';
import { removeOwnDirectory } from '../platform/node/private-files.ts';
import { lazyExtensionClient } from '../platform/node/thrift/lazy-extension-client.ts';
import { type Budget, budgetOfLevel } from '../protocol/budget.ts';
import type { QueryOutcome, QueryService, RowListener } from '../protocol/control.ts';
import type { ReloadReport } from '../protocol/reload.ts';
import type { Failure, Result } from '../protocol/result.ts';
import { fail, ok } from '../protocol/result.ts';
import { RowBatches } from '../protocol/row-batches.ts';
import { readTableChoice } from '../protocol/table-choice.ts';
import type { Flags } from './config/flags.ts';
import { hostWatchdog } from './configuration.ts';
import { type Caller, daemonPaths } from './daemon-paths.ts';
import type { ExtensionHouseDeps } from './extensions/host/open-extensions.ts';
import { pluginCaller } from './extensions/plugin-caller.ts';
import { nodePorts } from './node-ports.ts';
import { ownDirectory } from './own-files.ts';
import { runtimeLayout } from './runtime-layout.ts';
import type { ShellConfig } from './shell-config.ts';
import { type Supervisor, startSupervisor } from './supervisor.ts';
import type { RunListener } from './workforce/run-request.ts';

/** What a supervisor inside another program needs to know. */
export interface EmbeddedOptions {
  readonly budget?: Budget;
  readonly config: ShellConfig;
  /** Told of what no answer tells: tables and views of the config that cannot be used, for one. */
  readonly log: ExtensionHouseDeps['log'];
  /** For whom the extension of `--extension` is started; absent: none is. */
  readonly extensionFor?: Caller;
}

/**
 * The daemon's own supervisor in this process, without scheduler, store or sockets: for one `leash query` and for
 * leashi. It forks its own worker and ends it on `close`.
 */
export const startEmbedded = async ({
  budget = budgetOfLevel['0'],
  config,
  log,
  extensionFor,
}: EmbeddedOptions): Promise<Result<QueryService, Failure<'not_started'>>> => {
  const { flags } = config;
  const started = await startSupervisor(
    nodePorts(runtimeLayout(import.meta.url), {
      directory: '',
      store: inMemoryGuardStore(),
      ledger: undefined,
      cgroups: noCgroups,
    }),
    {
      ...config.options,
      tableChoice: readTableChoice(flags),
      mayDefer: () => false,
      limits: {
        maxWorkers: 2,
        maxUnkillable: 1,
        concurrency: { scheduled: 1, live: 1, events: 1, probation: 1 },
        slow_ms: 60_000,
        maxQueued: 100,
        spares: 0,
        idle_ms: 60_000,
        lastIdle_ms: 60_000,
        failedStartsMost: 3,
      },
      denial_ms: [600_000],
      lineOptions: () => {
        throw new Error('an embedded supervisor runs no schedule');
      },
      flags: () => flags,
      // What becomes of a run is told by its outcome.
      emit: (event) => event.type === 'log' && log(event.severity, event.message),
    },
  );
  if (!started.ok) return fail({ reason: 'not_started', message: started.error.message });
  const supervisor = started.value;
  const uid = process.geteuid?.() ?? 0;
  const house = extensionFor && (await openOne(supervisor, flags, budget, { caller: extensionFor, log }));
  if (house?.ok === false) {
    await supervisor.stop();
    return house;
  }
  return ok({
    query: (sql, listener, { signal, trace = false } = {}) =>
      new Promise((resolve) => {
        const run = supervisor.query({ sql, by: { uid }, budget }, toRunListener(listener, trace, resolve));
        if (signal?.aborted === true) run.cancel();
        else signal?.addEventListener('abort', () => run.cancel(), { once: true });
      }),
    close: async () => {
      await house?.value.close();
      await supervisor.stop();
    },
  });
};

/** Nobody pushes a config to a shell. */
const noConfig: ReloadReport = {
  outcome: 'refused',
  summary: 'A shell has no config.',
  problems: [],
  added: [],
  changed: [],
  removed: [],
};

/** Starts the extension of `--extension` and waits until it has registered or failed. */
const openOne = async (
  supervisor: Supervisor,
  flags: Flags,
  budget: Budget,
  { caller, log }: { readonly caller: Caller; readonly log: ExtensionHouseDeps['log'] },
): Promise<Result<{ close(): Promise<void> }, Failure<'not_started'>>> => {
  const { uid } = caller;
  const { state } = daemonPaths(flags, caller);
  const safe = ownDirectory(state, uid, 'private_directory');
  if (!safe.ok) return fail({ reason: 'not_started', message: safe.error.message });
  const directory = join(safe.value, 'shell', String(process.pid));
  const { openExtensions } = await import('./extensions/host/open-extensions.ts');
  const house = openExtensions({
    supervisor,
    flags: () => flags,
    settings: () => new Map(),
    watchdog: hostWatchdog(flags),
    budget,
    wanted: {
      extensions: [{ path: resolve(flags.text('extension')), nameRule: false }],
      problems: [],
      expectsOthers: false,
    },
    store: '',
    directory: join(directory, 'ext'),
    sharedSocket: join(directory, 'em'),
    cgroups: noCgroups,
    uid,
    plugins: pluginCaller({
      board: supervisor.extensions,
      client: lazyExtensionClient(nodeClock),
      clock: nodeClock,
    }),
    say: (message) => log('info', message),
    push: () => Promise.resolve(noConfig),
    log,
  });
  await house.settled();
  return ok({
    close: async () => {
      await house.stop();
      removeOwnDirectory(directory);
    },
  });
};

/** Rows are handed on as they come: whoever embeds a supervisor keeps up with it. */
const toRunListener = (
  listener: RowListener,
  wantsTrace: boolean,
  done: (outcome: QueryOutcome) => void,
): RunListener => {
  const batches = new RowBatches();
  return {
    wantsTrace,
    columns: (columns) => listener.columns(columns),
    rows: (frame) => {
      const batch = batches.take(frame);
      if (batch !== undefined) listener.rows(batch);
      return 'more';
    },
    done,
  };
};
