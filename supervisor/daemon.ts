import { dirname, join } from 'node:path';
import type { StoreFailure } from '../platform/guard-store.ts';
import { openOwnCgroups } from '../platform/node/cgroup/own-cgroups.ts';
import { noCgroups, type WorkerCgroups } from '../platform/node/cgroup/worker-cgroups.ts';
import { nodeClock } from '../platform/node/clock.ts';
import { openGuardStore } from '../platform/node/guard-database.ts';
import { fileStatusLog } from '../platform/node/status-log.ts';
import { lockStore } from '../platform/node/store-lock.ts';
import { lazyExtensionClient } from '../platform/node/thrift/lazy-extension-client.ts';
import { readTrail } from '../platform/node/walk-path.ts';
import type { DaemonEvent } from '../protocol/daemon-event.ts';
import type { ReloadReport } from '../protocol/reload.ts';
import { type Failure, fail, ok, type Result } from '../protocol/result.ts';
import { configSource } from './config/config-source.ts';
import type { Flags } from './config/flags.ts';
import { unservedNotices } from './config/unserved-flags.ts';
import { configure, hostConfigReader, hostWatchdog } from './configuration.ts';
import { controlDoor } from './control/control-door.ts';
import { serveControl } from './control/serve-control.ts';
import { type Caller, type DaemonPaths, daemonPaths } from './daemon-paths.ts';
import { activeConfig, activePlugins, awaitPlugins, pluginWait_ms } from './extensions/await-plugins.ts';
import type { ExtensionHouse, ExtensionHouseDeps } from './extensions/host/open-extensions.ts';
import { wantedExtensions } from './extensions/host/wanted-extensions.ts';
import { ExtensionRoster } from './extensions/life/extension-roster.ts';
import { pluginCaller } from './extensions/plugin-caller.ts';
import { hostIdentity } from './host-identity.ts';
import { loggersOf } from './ledger/loggers.ts';
import { StatusRelay } from './ledger/status-relay.ts';
import { createThreadLedger } from './ledger/thread-ledger.ts';
import { levelLimits, overlaid } from './limits/effective.ts';
import { nodePorts } from './node-ports.ts';
import { osqueryInfo } from './osquery-info.ts';
import { ownDatabases, ownDirectory, whyUnsafe } from './own-files.ts';
import { Reloader, type ReloaderDeps } from './reload/reloader.ts';
import { runtimeLayout } from './runtime-layout.ts';
import { statusLine } from './status-line.ts';
import { startSupervisor } from './supervisor.ts';
import { askedBy, supervisorOptions } from './supervisor-options.ts';

/** A running daemon. */
export interface Daemon {
  readonly paths: DaemonPaths;
  readonly scheduledQueries: number;
  /** Reads the config again; what came of it is in the status log, too. */
  reload(): Promise<ReloadReport>;
  stop(): Promise<void>;
}

/** What a daemon is started with. */
export interface DaemonOptions {
  readonly flags: Flags;
  readonly caller: Caller;
  /** Hears everything that the daemon says, as it happens. */
  readonly emit: (event: DaemonEvent) => void;
}

export type DaemonFailure = Failure<'bad_config' | 'missing_plugin' | 'store' | 'control_socket'>;

/**
 * Starts a daemon on this host: config, private directories, lock, stores, supervisor, control socket, in that
 * order; what fails says why, and what was begun is undone.
 */
export const startDaemon = async (options: DaemonOptions): Promise<Result<Daemon, DaemonFailure>> => {
  const { caller, emit } = options;
  const roster = new ExtensionRoster();
  const plugins = pluginCaller({ board: roster, client: lazyExtensionClient(nodeClock), clock: nodeClock });
  const source = configSource(options.flags, plugins, hostConfigReader(options.flags, caller.uid));
  const configured = openReloader(
    {
      clock: nodeClock,
      reader: source.reader,
      fetch: () => source.fetch(),
      configure: (reader) => configure(options.flags, reader),
      refresh: {
        every_s: options.flags.int('config_refresh'),
        whileRefused_s: options.flags.int('config_accelerated_refresh'),
      },
      log: (severity, message) => say({ type: 'log', severity, message }),
    },
    source.isBrought ? options.flags : undefined,
  );
  if (!configured.ok) return configured;
  const { reloader, warnings } = configured.value;
  const { flags } = reloader.inForce;
  const paths = daemonPaths(flags, caller);
  const safe = checkPlaces(paths, caller.uid);
  if (!safe.ok) return storeFailed(safe.error.message);
  const lock = lockStore(paths.state, process.pid);
  if (!lock.ok) return storeFailed(lock.error.message);
  const opened = openGuardStore(paths.state, { now_unix_ms: nodeClock.unixMs() });
  if (!opened.ok) {
    lock.value.release();
    return storeFailed(opened.error.message);
  }
  const { store, notices } = opened.value;
  const statusLog = fileStatusLog(join(paths.logs, 'leashd.log'));
  const statuses = new StatusRelay();
  const say = (event: DaemonEvent): void => {
    const line = statusLine(event);
    if (line !== undefined) {
      statusLog.write(line.severity, line.message);
      statuses.write({ ...line, unix_ms: nodeClock.unixMs() });
    }
    emit(event);
  };
  const watchdog = hostWatchdog(flags);
  for (const message of [...warnings, ...watchdog.notices, ...unservedNotices(flags), ...notices])
    say({ type: 'log', severity: 'warning', message });

  const layout = runtimeLayout(import.meta.url);
  const place = {
    directory: paths.state,
    loggerPath: paths.logs,
    loggerMode: fileMode(flags),
    loggers: loggersOf(flags),
    spool: { lines: flags.int('buffered_log_max'), bytes: flags.int('spool_max_mb') * 2 ** 20 },
    uid: caller.uid,
  };
  const ledger = flags.bool('disable_logging') ? undefined : createThreadLedger(place, layout.ledgerEntry);
  const identity = hostIdentity(flags.text('host_identifier'), flags.text('specified_identifier'), store);
  const cgroups = await daemonCgroups(flags, say);
  const started = await startSupervisor(
    nodePorts(layout, { directory: paths.state, store, ledger, cgroups }),
    supervisorOptions(reloader.inForce, {
      emit: say,
      watchdog,
      flags: () => reloader.inForce.flags,
      extensions: { plugins, statuses, roster },
      configTables: () => reloader.inForce.config.tables,
      prometheusTargets: () => reloader.inForce.config.prometheusTargets,
      yaraSignatures: () => reloader.inForce.config.yaraSignatures,
      hostIdentifier: identity.hostIdentifier,
      info: osqueryInfo(() => ({
        configHash: reloader.inForce.config.hash,
        configValid: reloader.inForce.valid,
        ...identity,
      })),
    }),
  );
  if (!started.ok) {
    store.close();
    lock.value.release();
    return storeFailed(started.error.message);
  }
  const supervisor = started.value;
  reloader.begin((next, flagsNow) =>
    supervisor.reschedule(askedBy(next, flagsNow), flagsNow.int('schedule_splay_percent')),
  );
  const house = await openHouse({
    supervisor,
    flags: () => reloader.inForce.flags,
    settings: () => reloader.inForce.config.extensions,
    watchdog,
    store: paths.state,
    directory: paths.extensions,
    sharedSocket: paths.sharedSocket,
    plugins,
    say: (message) => say({ type: 'log', severity: 'info', message }),
    push: async (name, data) => {
      await source.push(name, data);
      return reloader.reread();
    },
    cgroups,
    uid: caller.uid,
    log: (severity, message) => say({ type: 'log', severity, message }),
  });
  const stop = async (): Promise<void> => {
    reloader.stop();
    await control?.close();
    await house?.stop();
    await supervisor.stop();
    lock.value.release();
  };
  const door = controlDoor({ supervisor, reloader, watchdog, paths, uid: caller.uid });
  const served = await serveControl(paths.control, door);
  const control = served.ok ? served.value : undefined;
  if (!served.ok) {
    await stop();
    return fail({ reason: 'control_socket', message: served.error.message });
  }
  const brought = await awaitPlugins(
    { plugins, clock: nodeClock },
    [...activeConfig(flags), ...activePlugins(flags)],
    pluginWait_ms(flags, house?.managesAny ?? false),
  );
  if (!brought.ok) {
    await stop();
    return brought;
  }
  // One that cannot be used does not end the daemon, as in osquery: a later one may come.
  if (source.isBrought) await reloader.reload();
  say({
    type: 'log',
    severity: 'info',
    message: `Leash is ready: ${reloader.inForce.config.schedule.length} scheduled queries, state in ${paths.state}.`,
  });
  return ok({
    paths,
    scheduledQueries: reloader.inForce.config.schedule.length,
    reload: () => reloader.reload(),
    stop,
  });
};

/** Reads the files, or begins without a config (`flags`: those of the command line), where an extension brings it. */
const openReloader = (deps: ReloaderDeps, flags: Flags | undefined): ReturnType<typeof Reloader.open> =>
  flags === undefined ? Reloader.open(deps) : ok({ reloader: Reloader.waiting(deps, flags), warnings: [] });

/** Makes what is missing of the daemon's places and refuses those that others could tamper with. */
const checkPlaces = ({ state, logs, control }: DaemonPaths, uid: number): Result<unknown, StoreFailure> => {
  for (const [directory, rule] of [
    [state, 'private_directory'],
    [logs, 'owned_directory'],
    [dirname(control), 'private_directory'],
  ] as const) {
    const safe = ownDirectory(directory, uid, rule);
    if (!safe.ok) return safe;
  }
  return ownDatabases(state, uid, ['guard.db', 'lock.db']);
};

/** Opens what extensions need, or nothing at all where none is named: then not even its code is loaded. */
const openHouse = async (
  deps: Omit<ExtensionHouseDeps, 'wanted' | 'budget'>,
): Promise<ExtensionHouse | undefined> => {
  const wanted = wantedExtensions(deps.flags(), deps.uid);
  if (wanted.extensions.length + wanted.problems.length === 0 && !wanted.expectsOthers) return undefined;
  const unsafe = whyUnsafe(readTrail(deps.directory), deps.uid, 'owned_directory');
  if (unsafe !== undefined) {
    deps.log('error', `No extension is started: ${deps.directory} is not safe to use: ${unsafe}.`);
    return undefined;
  }
  const { openExtensions } = await import('./extensions/host/open-extensions.ts');
  const { budget } = overlaid(levelLimits(deps.watchdog.budget), 'flag', deps.watchdog.limits);
  return openExtensions({ ...deps, wanted, budget });
};

/** The kernel's limits for workers, where the host allows them; else the guard's own watch serves alone. */
const daemonCgroups = async (flags: Flags, say: DaemonOptions['emit']): Promise<WorkerCgroups> => {
  if (!flags.bool('worker_cgroups')) return noCgroups;
  const opened = await openOwnCgroups();
  if (opened.ok) return opened.value;
  const message = `No kernel limits for workers: ${opened.error.message}.`;
  say({ type: 'log', severity: 'info', message });
  return noCgroups;
};

/** `logger_mode`, an octal text. */
const fileMode = (flags: Flags): number => Number.parseInt(flags.text('logger_mode'), 8) & 0o777;

const storeFailed = (message: string): { readonly ok: false; readonly error: DaemonFailure } =>
  fail({ reason: 'store', message });
