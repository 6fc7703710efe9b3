import type { WorkerCgroups } from '../../../platform/node/cgroup/worker-cgroups.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { nodeExtensionPlaces } from '../../../platform/node/extension-files/extension-places.ts';
import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import { openHeldFamily } from '../../../platform/node/process-family/held-family.ts';
import { openProcessTable } from '../../../platform/node/process-family/process-table.ts';
import { createExtensionClient } from '../../../platform/node/thrift/extension-client.ts';
import { createExtensionServing } from '../../../platform/node/thrift/serve-extension.ts';
import { userIds } from '../../../platform/node/user-ids.ts';
import type { Budget } from '../../../protocol/budget.ts';
import type { ExtensionSettings } from '../../../protocol/extension/state.ts';
import { type ExtensionOption, failedResponse } from '../../../protocol/extension/types.ts';
import type { Flags } from '../../config/flags.ts';
import type { WatchdogSettings } from '../../config/watchdog-flags.ts';
import type { Supervisor } from '../../supervisor.ts';
import { missingExtensions, waitUntil } from '../await-required.ts';
import { type CoreCallDeps, coreCalls } from '../call-core.ts';
import { activeItems, sqlOfManager } from '../core-access.ts';
import { extensionTime_ms } from '../extension-times.ts';
import { corePlugins } from '../life/core-plugins.ts';
import type { ExtensionEntry } from '../life/extension-roster.ts';
import { extensionTerms } from '../life/extension-terms.ts';
import { type ExtensionTree, startExtensionTree } from '../life/extension-tree.ts';
import { LaneQueries } from '../life/lane-queries.ts';
import { manageExtensions } from '../life/managed-extension.ts';
import type { PluginCaller } from '../plugin-caller.ts';
import type { WantedExtensions } from './wanted-extensions.ts';

/** What extensions are run with. */
export interface ExtensionHouseDeps {
  readonly supervisor: Supervisor;
  /** As they are now. */
  readonly flags: () => Flags;
  readonly settings: () => ReadonlyMap<string, ExtensionSettings>;
  readonly watchdog: WatchdogSettings;
  /** Of a query that an extension asks. */
  readonly budget: Budget;
  readonly wanted: WantedExtensions;
  /** The store's directory; empty without one. */
  readonly store: string;
  /** Above the directories of doors. */
  readonly directory: string;
  readonly sharedSocket: string;
  readonly cgroups: WorkerCgroups;
  readonly uid: number;
  /** What calls of the daemon's plugins are answered with. */
  readonly plugins: PluginCaller;
  readonly say: CoreCallDeps['say'];
  readonly push: CoreCallDeps['push'];
  readonly log: (severity: 'info' | 'warning' | 'error', message: string) => void;
}

/** The extensions of a running supervisor. */
export interface ExtensionHouse {
  /** Some are started by the daemon: what they bring is worth waiting for. */
  readonly managesAny: boolean;
  /** Resolves when each has registered or failed once, or `extensions_timeout` is over. */
  settled(): Promise<void>;
  /** Ends them all in order. To be called before the supervisor stops. */
  stop(): Promise<void>;
}

/** A worker has to tell the built-in tables before the first extension is started. */
const longestOpening_ms = 10_000;

/** Starts the extensions. They come up while the daemon works: nothing waits for them but who asks for their tables. */
export const openExtensions = (deps: ExtensionHouseDeps): ExtensionHouse => {
  const { supervisor, log } = deps;
  const life = { stopped: false };
  let tree: ExtensionTree | undefined;
  const opening = open(deps, () => life.stopped)
    .then(async (opened) => {
      tree = opened;
      if (opened !== undefined) await checkRequired(deps, () => life.stopped);
    })
    .catch((error: unknown) => log('error', `The manager of extensions did not start: ${String(error)}.`));
  return {
    managesAny: deps.wanted.extensions.length > 0,
    settled: async () => {
      await waitUntil(nodeClock, () => tree !== undefined || life.stopped, longestOpening_ms);
      const isComing = ({ state, lastExit, refusal }: ExtensionEntry): boolean =>
        state !== 'serving' && lastExit === '' && refusal === '';
      await waitUntil(
        nodeClock,
        () => !supervisor.extensions.entries().some(isComing) || life.stopped,
        extensionTime_ms(deps.flags(), 'extensions_timeout'),
      );
    },
    stop: async () => {
      life.stopped = true;
      supervisor.extensions.listen({ reads: () => undefined, hung: () => undefined });
      await opening;
      await tree?.retire();
    },
  };
};

const open = async (
  deps: ExtensionHouseDeps,
  isStopped: () => boolean,
): Promise<ExtensionTree | undefined> => {
  const { supervisor, log, budget, wanted, watchdog, uid } = deps;
  const { system, judge, denylist, extensions: roster } = supervisor;
  const flags = deps.flags();
  for (const problem of wanted.problems) log('warning', `extensions_autoload: ${problem}.`);
  const core = await corePlugins(supervisor.query, budget, nodeClock, isStopped);
  if (isStopped()) return undefined;
  const timeout_ms = extensionTime_ms(flags, 'extensions_timeout');
  const interval_ms = extensionTime_ms(flags, 'extensions_interval');
  const lane = new LaneQueries({
    ask: supervisor.query,
    roster,
    budget,
    nullvalue: () => deps.flags().text('nullvalue'),
    manager: () => tree.manager(),
  });
  const processes = openProcessTable(nodeClock);
  const tree = startExtensionTree({
    system,
    clock: nodeClock,
    programs: nodeProgramHost,
    places: nodeExtensionPlaces,
    serving: createExtensionServing(nodeClock),
    client: createExtensionClient(nodeClock),
    openFamily: (leader, mark, limits) => openHeldFamily(deps.cgroups, processes, leader, mark, limits),
    terms: extensionTerms({ flags, settings: deps.settings, rule: watchdog.extensionRule, uid, userIds }),
    uid,
    allowUnsafe: flags.bool('allow_unsafe'),
    store: deps.store,
    supervisorPid: process.pid,
    timeZone: process.env.TZ,
    argsFor: (socket) => osqueryArguments(flags, socket),
    judge,
    denylist,
    roster,
    log,
    timeout_ms,
    longestBackoff_ms: watchdog.longestBackoff_ms,
    probes: { interval_ms, answer_ms: flags.int('thrift_timeout') * 1_000 },
    manager: {
      core,
      defaultIndex: () => deps.flags().bool('extensions_default_index'),
      options: () => optionsOf(deps.flags()),
      query: (asked, id) => lane.query(asked, id),
      queryColumns: (asked) => lane.columns(asked),
      call: (call, door) => {
        const manager = tree.manager();
        if (manager === undefined) return Promise.resolve(failedResponse('the manager is not there'));
        return coreCalls({
          ...sqlOfManager({ system, manager }),
          options: () => optionsOf(deps.flags()),
          active: (registry) => activeItems(deps.flags(), registry),
          log: (log, lines) => supervisor.log(log, lines),
          plugins: deps.plugins,
          say: deps.say,
          push: deps.push,
        })(call, door);
      },
    },
    extensions: manageExtensions(wanted.extensions, deps.directory),
    shared: { path: deps.sharedSocket, kind: 'shared' },
  });
  roster.listen({
    reads: (lease, uuids) => lane.reads(lease, uuids),
    hung: (uuid, lease, finding) => {
      const registration = roster.attached.get(uuid);
      if (registration === undefined) return;
      log(
        'warning',
        `'${lease.queryId}' came to its deadline while it waited for extension '${registration.info.name}'.`,
      );
      tree.actor(registration.door)?.tell({ type: 'hung', finding });
    },
  });
  return tree;
};

/** `<path> [--verbose] --socket S --timeout T --interval I`. */
const osqueryArguments = (flags: Flags, socket: string): readonly string[] => [
  ...(flags.bool('verbose') ? ['--verbose'] : []),
  '--socket',
  socket,
  '--timeout',
  flags.text('extensions_timeout'),
  '--interval',
  flags.text('extensions_interval'),
];

const optionsOf = (flags: Flags): ReadonlyMap<string, ExtensionOption> =>
  new Map(
    flags
      .rows()
      .map(({ name, type, value, default_value }) => [name, { value, defaultValue: default_value, type }]),
  );

/** `extensions_require`. */
const checkRequired = async (
  { supervisor, flags, log }: ExtensionHouseDeps,
  isStopped: () => boolean,
): Promise<void> => {
  const missing = await missingExtensions(flags(), supervisor.extensions, nodeClock, isStopped);
  if (missing.length === 0) return;
  const names = missing.map((name) => `'${name}'`).join(', ');
  log(
    'error',
    `The manager of extensions did not start as it should: ${names} did not register in time (extensions_require).`,
  );
};
