import { createActorSystem } from '../actors/system.ts';
import type { ActorSystem } from '../actors/types.ts';
import type { Clock } from '../platform/clock.ts';
import type { GuardStore, StoreFailure } from '../platform/guard-store.ts';
import type { HostPressureProbe } from '../platform/host-pressure.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { ProcessHost } from '../platform/process-host.ts';
import type { Random } from '../platform/random.ts';
import type { ResultLog } from '../platform/results-store.ts';
import type { Sampler, SampleSource } from '../platform/sampler.ts';
import type { Budget } from '../protocol/budget.ts';
import type { ConfigTable } from '../protocol/config-tables.ts';
import type { DaemonEvent } from '../protocol/daemon-event.ts';
import { extensionScope } from '../protocol/extension/life.ts';
import { ok, type Result } from '../protocol/result.ts';
import type { TableValue } from '../protocol/table.ts';
import type { TableChoice } from '../protocol/table-choice.ts';
import type { Flags } from './config/flags.ts';
import type { Config } from './config/load.ts';
import type { PrometheusTargets } from './config/schema.ts';
import type { WatchdogSettings } from './config/watchdog-flags.ts';
import type { YaraSignatures } from './config/yara-signatures.ts';
import { DecoratorBoard } from './decorators/decorator-board.ts';
import { Denylist } from './denylist/denylist.ts';
import type { DistributedOptions } from './distributed/poller.ts';
import { ExtensionRoster } from './extensions/life/extension-roster.ts';
import type { LoggerOptions } from './ledger/logger-children.ts';
import type { RecorderDeps } from './ledger/recorder.ts';
import { LimitOverrides } from './limits/limit-overrides.ts';
import { PackBoard } from './packs/pack-board.ts';
import { openSchedule, reschedule } from './schedule/open-schedule.ts';
import { ScheduleBook } from './schedule/schedule-book.ts';
import type { ScheduleChange } from './schedule/schedule-change.ts';
import { startTree } from './supervisor-tree.ts';
import { type SupervisorViews, supervisorRows } from './tables/supervisor-rows.ts';
import { Judge } from './watchdog/judge.ts';
import { PressureGauge } from './watchdog/pressure-gauge.ts';
import { SelfUsageBoard } from './watchdog/self-watch.ts';
import { HeldBack } from './workforce/held-back.ts';
import type { WorkforceLimits } from './workforce/lanes.ts';
import { Roster } from './workforce/roster.ts';
import { type LiveQuery, type LiveRun, runLive } from './workforce/run-live.ts';
import type { RunListener } from './workforce/run-request.ts';
import { configTableBoard } from './workforce/told-config.ts';

/** The outside world of a supervisor: everything that a simulation replaces. */
export interface SupervisorPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly processHost: ProcessHost;
  readonly sampler: Sampler;
  readonly pressure: HostPressureProbe;
  readonly store: GuardStore;
  /** Absent for a supervisor without a schedule (a single `leash query`). */
  readonly ledger: Ledger | undefined;
  /** The supervisor's own process; absent where nobody asks what it costs. */
  readonly self: SampleSource | undefined;
}

/** All that a config has Leash ask the host. */
export type AskedByConfig = Pick<Config, 'schedule' | 'packs' | 'decorators'>;

/** What a supervisor is told about its job. */
export interface SupervisorOptions {
  /** By the config at the start. */
  readonly asked: AskedByConfig;
  readonly splayPercent: number;
  readonly limits: WorkforceLimits;
  /** Whether a busy host puts starts off (`schedule_defer`); asked at every start. */
  readonly mayDefer: () => boolean;
  /** Lengths of the first, second, … denial. */
  readonly denial_ms: readonly number[];
  /** osquery's watchdog flags, where they say more than limits. */
  readonly watchdog?: Pick<WatchdogSettings, 'enabled' | 'cpuRuleDelay_ms'>;
  /** What is known of extensions; absent for a supervisor without any. */
  readonly extensions?: ExtensionRoster;
  readonly lineOptions: RecorderDeps['lineOptions'];
  readonly info: () => Readonly<Record<string, TableValue>>;
  /** As they are now. */
  readonly flags: () => Flags;
  /** `auto_table_construction` and `views` of the config, where there is one; another list after each reading. */
  readonly configTables?: () => readonly ConfigTable[];
  /** The tables that can be queried; absent: all. */
  readonly tableChoice?: TableChoice | undefined;
  /** Of the config, where there is one. */
  readonly prometheusTargets?: () => PrometheusTargets | undefined;
  /** The same. */
  readonly yaraSignatures?: () => YaraSignatures;
  readonly emit: (event: DaemonEvent) => void;
  /** Loggers of extensions; absent: none. */
  readonly loggers?: LoggerOptions;
  /** Absent: no distributed queries. */
  readonly distributed?: DistributedOptions;
}

/** Who asks a query outside the schedule: a user, or an extension. It is judged in that scope. */
export type Asker = { readonly uid: number } | { readonly extension: string };

/** A query somebody waits for, outside the schedule. */
export interface AdhocQuery {
  readonly sql: string;
  readonly by: Asker;
  readonly budget: Budget;
  /** See `Lease`. */
  readonly cpuPercentFrom_ms?: number;
}

/** A running supervisor. */
export interface Supervisor {
  readonly system: ActorSystem;
  readonly roster: Roster;
  readonly book: ScheduleBook;
  readonly denylist: Denylist;
  readonly judge: Judge;
  readonly heldBack: HeldBack;
  readonly packs: PackBoard;
  readonly self: SelfUsageBoard;
  readonly overrides: LimitOverrides;
  readonly extensions: ExtensionRoster;
  /** Monotonic milliseconds before which a `cpu_percent` of osquery's flags stops nobody. */
  readonly cpuRuleFrom_ms: number;
  /**
   * Puts another schedule in the place of this one, and its packs and decorators, in one step: what runs goes on as it
   * began, what left the schedule ends, and everything else holds from the next start on. When the store fails nothing has
   * changed.
   */
  reschedule(asked: AskedByConfig, splayPercent: number): Result<ScheduleChange, StoreFailure>;
  query(query: AdhocQuery, listener: RunListener): LiveRun;
  /** Spools lines that are of no query, for all loggers. A supervisor without a ledger loses them. */
  log(log: ResultLog, lines: readonly string[]): Promise<Result<void, StoreFailure>>;
  stop(): Promise<void>;
}

/**
 * Starts the actor tree. First of all it ends the workers that a former supervisor left; then workforce, recorder
 * and scheduler start in that order, so that what dies takes with it what depends on it.
 */
export const startSupervisor = async (
  ports: SupervisorPorts,
  options: SupervisorOptions,
): Promise<Result<Supervisor, StoreFailure>> => {
  const { clock, random, store } = ports;
  const log: Log = (severity, message) => options.emit({ type: 'log', severity, message });
  const cleared = endLeftovers(ports, log);
  if (!cleared.ok) return cleared;

  const denylist = new Denylist({ store, durations_ms: options.denial_ms, emit: options.emit });
  const loaded = denylist.load(clock.unixMs());
  if (!loaded.ok) return loaded;
  const book = new ScheduleBook();
  const overrides = new LimitOverrides({ store, book, clock, random, log });
  const overridden = overrides.load();
  if (!overridden.ok) return overridden;
  const { schedule, packs, decorators: sources } = options.asked;
  const { splayPercent } = options;
  const opened = await openSchedule(ports, { book, overrides, log }, { schedule, splayPercent });
  if (!opened.ok) return opened;

  const system = createActorSystem({ clock, random });
  system.on('crashed', (path, error) => log('error', `Actor ${path} crashed: ${error.message}`));
  system.on('deadLetter', ({ to, reason }) => {
    if (reason !== 'actor_stopped') log('warning', `A message to ${to} was lost: ${reason}.`);
  });
  const packBoard = new PackBoard(packs, { discovers: ports.ledger !== undefined });
  const decoratorBoard = new DecoratorBoard(sources);
  const roster = new Roster();
  const gauge = new PressureGauge(ports.pressure, clock);
  const judge = new Judge({ clock, random, store, denylist, gauge, emit: options.emit });
  const extensions = options.extensions ?? new ExtensionRoster();
  const views: SupervisorViews = {
    extensions,
    info: options.info,
    flags: options.flags,
    packs: packBoard,
    prometheusTargets: () => options.prometheusTargets?.(),
    yaraSignatures: () => options.yaraSignatures?.() ?? new Map(),
    schedule: () => packBoard.active(book.entries()),
    isDenied: (scope, sqlHash) => denylist.isDenied(scope, sqlHash, clock.unixMs()),
    roster,
    verdicts: () => judge.verdicts(),
    evidence: (verdictId) => judge.evidence(verdictId),
    denials: () => denylist.entries(clock.unixMs()),
    actors: () => system.status(),
  };
  const selfUsage = new SelfUsageBoard();
  const heldBack = new HeldBack(options.limits.longestBackoff_ms);
  const cpuRuleFrom_ms = clock.monotonicMs() + (options.watchdog?.cpuRuleDelay_ms ?? 0);
  const tree = startTree(system, ports, options, {
    book,
    selfUsage,
    packBoard,
    decoratorBoard,
    processHost: ports.processHost,
    sampler: ports.sampler,
    extensions,
    configTables: configTableBoard(options.configTables ?? (() => noTables), (message) =>
      log('warning', message),
    ),
    tableChoice: options.tableChoice,
    judge,
    roster,
    log,
    store,
    denylist,
    heldBack,
    limits: options.limits,
    overrides,
    cpuRuleFrom_ms,
    watchdogDisabled: options.watchdog?.enabled === false,
    supervisorRows: (table, key) => supervisorRows(views, table, key),
    gauge,
    weAreBusy: () => roster.hasLeaseFromBefore(clock.monotonicMs() - longRun_ms),
  });
  return ok({
    system,
    roster,
    book,
    denylist,
    judge,
    heldBack,
    self: selfUsage,
    packs: packBoard,
    overrides,
    extensions,
    cpuRuleFrom_ms,
    reschedule: (asked, splay) => {
      const wish = { schedule: asked.schedule, splayPercent: splay };
      const changed = reschedule(tree.work, ports, { book, overrides, log }, wish);
      if (!changed.ok) return changed;
      packBoard.replace(asked.packs);
      decoratorBoard.replace(asked.decorators);
      tree.configured();
      return changed;
    },
    query: ({ by, ...query }, listener) => runLive(tree.work, random, { ...query, ...whose(by) }, listener),
    log: async (log, lines) => {
      const appended = (await ports.ledger?.append(log, lines)) ?? ok(undefined);
      if (appended.ok) tree.deliver();
      return appended;
    },
    stop: async () => {
      await system.stop();
      judge.flush();
      if (ports.ledger !== undefined) await closeLedger(ports.ledger, log);
      store.close();
    },
  });
};

const noTables: readonly ConfigTable[] = [];

/** What was committed in the last second reaches its log now, not at the next start. */
const closeLedger = async (ledger: Ledger, log: Log): Promise<void> => {
  const last = await ledger.deliver();
  const problem = last.ok ? last.value.problem : last.error.message;
  if (problem !== undefined) log('error', `Result lines wait in the store for the next start: ${problem}`);
  await ledger.close();
};

/** A run that lasts longer than this may be why the host is under pressure. */
const longRun_ms = 1_000;

/** What a query of this asker is called, and where it is judged. */
const whose = (by: Asker): Pick<LiveQuery, 'queryId' | 'scope'> =>
  'uid' in by
    ? { queryId: 'adhoc', scope: `adhoc:${by.uid}` }
    : { queryId: by.extension, scope: extensionScope(by.extension) };

type Log = (severity: 'info' | 'warning' | 'error', message: string) => void;

/**
 * What a supervisor that died left is ended before anything else: workers that were stopped or blocked and did not
 * notice, and the leases that were open. A supervisor for a single query leaves that to the daemon.
 */
const endLeftovers = (ports: SupervisorPorts, log: Log): Result<void, StoreFailure> => {
  if (ports.ledger === undefined) return ok(undefined);
  const open = ports.store.openLeases();
  if (!open.ok) return open;
  const queries = new Map(open.value.map(({ worker, queryId }) => [worker.pid, queryId]));
  for (const { pid } of ports.processHost.killOrphans()) {
    const query = queries.get(pid);
    const work = query === undefined ? 'was still there' : `still ran '${query}'`;
    log('warning', `Process ${pid} of a former supervisor ${work}: it was ended.`);
  }
  for (const lease of open.value) {
    const ended = ports.store.endLease(lease.leaseId);
    if (!ended.ok) return ended;
  }
  return ok(undefined);
};
