import type { ConfigTable } from '../protocol/config-tables.ts';
import type { DaemonEvent } from '../protocol/daemon-event.ts';
import type { TableValue } from '../protocol/table.ts';
import { readTableChoice } from '../protocol/table-choice.ts';
import type { Flags } from './config/flags.ts';
import type { Config } from './config/load.ts';
import type { PrometheusTargets } from './config/schema.ts';
import type { WatchdogSettings } from './config/watchdog-flags.ts';
import type { YaraSignatures } from './config/yara-signatures.ts';
import type { DistributedOptions } from './distributed/poller.ts';
import { activeItems } from './extensions/core-access.ts';
import type { ExtensionRoster } from './extensions/life/extension-roster.ts';
import type { PluginCaller } from './extensions/plugin-caller.ts';
import { loggersOf, pluginLoggers } from './ledger/loggers.ts';
import type { StatusRelay } from './ledger/status-relay.ts';
import { levelLimits, overlaid } from './limits/effective.ts';
import type { ConfigInForce } from './reload/reloader.ts';
import type { AskedByConfig, SupervisorOptions } from './supervisor.ts';

/** What the flags at the start do not say. */
export interface DaemonFacts {
  readonly emit: (event: DaemonEvent) => void;
  readonly hostIdentifier: string;
  readonly watchdog: WatchdogSettings;
  /** As they are now. */
  readonly flags: () => Flags;
  readonly info: () => Readonly<Record<string, TableValue>>;
  /** How plugins of extensions are called, and status lines for loggers among them; absent: none is active. */
  readonly extensions?: {
    readonly plugins: PluginCaller;
    readonly statuses: StatusRelay;
    readonly roster: ExtensionRoster;
  };
  /** Of the config in force. */
  readonly configTables: () => readonly ConfigTable[];
  /** The same. */
  readonly prometheusTargets: () => PrometheusTargets | undefined;
  /** The same. */
  readonly yaraSignatures: () => YaraSignatures;
}

/** osquery's denial: a whole day at once. */
const osqueryDenial_ms = 86_400_000;
/** A query slower than this no longer holds its lane: the next one gets another worker. */
const slow_ms = 250;
const maxQueued = 5_000;
/** Workers in state D that are borne before their queries are denied. */
const maxUnkillable = 2;
/** An idle worker beyond the last one. */
const spareIdle_ms = 10_000;

/** A supervisor's options as config and flags have them at the start. */
export const supervisorOptions = (
  { flags, config }: ConfigInForce,
  facts: DaemonFacts,
): SupervisorOptions => ({
  asked: askedBy(config, flags),
  splayPercent: flags.int('schedule_splay_percent'),
  mayDefer: () => facts.flags().bool('schedule_defer'),
  limits: {
    maxWorkers: Math.max(1, flags.int('workers_max')),
    maxUnkillable,
    concurrency: {
      scheduled: Math.max(1, flags.int('workers_scheduled')),
      live: 2,
      events: 1,
      probation: 1,
    },
    slow_ms,
    maxQueued,
    spares: flags.int('workers_spare'),
    idle_ms: spareIdle_ms,
    lastIdle_ms: flags.int('worker_idle_seconds') * 1000,
    longestBackoff_ms: facts.watchdog.longestBackoff_ms,
  },
  denial_ms: flags.text('denylist_mode') === 'osquery' ? [osqueryDenial_ms] : denialLengths(flags),
  watchdog: facts.watchdog,
  lineOptions: () => lineOptions(facts.flags(), facts.hostIdentifier),
  info: facts.info,
  tableChoice: readTableChoice(flags),
  configTables: facts.configTables,
  prometheusTargets: facts.prometheusTargets,
  yaraSignatures: facts.yaraSignatures,
  flags: facts.flags,
  emit: facts.emit,
  ...(facts.extensions === undefined
    ? {}
    : { extensions: facts.extensions.roster, ...activeIn(facts.extensions, flags, facts) }),
});

/** What a config has asked, by these flags. */
export const askedBy = ({ schedule, packs, decorators }: Config, flags: Flags): AskedByConfig => ({
  schedule,
  packs,
  decorators: flags.bool('disable_decorators') ? [] : decorators,
});

/** What the plugins of extensions do for the daemon. */
const activeIn = (
  { plugins, statuses }: NonNullable<DaemonFacts['extensions']>,
  flags: Flags,
  facts: DaemonFacts,
): Pick<SupervisorOptions, 'loggers' | 'distributed'> => {
  const { hostIdentifier } = facts;
  const loggers = { names: pluginLoggers(loggersOf(flags)), plugins, statuses, hostIdentifier };
  return { loggers, distributed: distributedOptions(plugins, facts) };
};

/** Limits of distributed queries are those of level and flags, as for every query outside the schedule. */
const distributedOptions = (plugins: PluginCaller, facts: DaemonFacts): DistributedOptions => {
  const { watchdog } = facts;
  const { budget, origins } = overlaid(levelLimits(watchdog.budget), 'flag', watchdog.limits);
  return {
    plugin: () => activeItems(facts.flags(), 'distributed')[0],
    plugins,
    budget,
    cpuPercentOfFlags: origins.cpu_percent === 'flag',
    interval_s: () => facts.flags().int('distributed_interval'),
    nullvalue: () => facts.flags().text('nullvalue'),
    logQueries: () => facts.flags().bool('distributed_loginfo'),
  };
};

/** Asked for at every run: these flags change with the config. */
const lineOptions = (flags: Flags, hostIdentifier: string): ReturnType<SupervisorOptions['lineOptions']> => ({
  hostIdentifier,
  eventLines: flags.bool('logger_event_type'),
  snapshotEventLines: flags.bool('logger_snapshot_event_type'),
  numerics: flags.bool('logger_numerics'),
  nullvalue: flags.text('nullvalue'),
  epoch: flags.int('schedule_epoch'),
  decorationsTopLevel: flags.bool('decorations_top_level'),
});

const denialLengths = (flags: Flags): readonly number[] => {
  const lengths_ms = flags
    .text('denylist_durations')
    .split(',')
    .map((seconds) => Number(seconds.trim()) * 1000)
    .filter((length_ms) => length_ms > 0);
  return lengths_ms.length > 0 ? lengths_ms : [osqueryDenial_ms];
};
