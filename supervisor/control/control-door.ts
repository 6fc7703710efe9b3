import { formatActorTree } from '../../actors/tree.ts';
import { nodeClock } from '../../platform/node/clock.ts';
import type { DaemonStatus } from '../../protocol/control.ts';
import type { WatchdogSettings } from '../config/watchdog-flags.ts';
import type { DaemonPaths } from '../daemon-paths.ts';
import { levelLimits, overlaid } from '../limits/effective.ts';
import { limitsOf } from '../limits/query-limits.ts';
import type { Reloader } from '../reload/reloader.ts';
import type { Supervisor } from '../supervisor.ts';
import { leashVersion } from '../version.ts';
import { answerWhy } from '../why/answer-why.ts';
import type { ControlDoor } from './control-session.ts';

/** What the door leads to. */
export interface DoorDeps {
  readonly supervisor: Supervisor;
  readonly reloader: Reloader;
  readonly watchdog: WatchdogSettings;
  readonly paths: DaemonPaths;
  readonly uid: number;
}

/** What clients of the control socket may ask of a daemon. */
export const controlDoor = ({ supervisor, reloader, watchdog, paths, uid }: DoorDeps): ControlDoor => {
  const { denylist, book, packs, roster, overrides, extensions } = supervisor;
  const adhoc = overlaid(levelLimits(watchdog.budget), 'flag', watchdog.limits);
  const started_ms = nodeClock.monotonicMs();
  const status = (): DaemonStatus => ({
    pid: process.pid,
    version: leashVersion,
    uptime_ms: nodeClock.monotonicMs() - started_ms,
    config_path: reloader.inForce.flags.text('config_path'),
    database_path: paths.state,
    logger_path: paths.logs,
    scheduled_queries: packs.active(book.entries()).length,
    denied_queries: denylist.entries(nodeClock.unixMs()).filter((record) => record.state === 'denied').length,
    config_hash: reloader.inForce.config.hash,
    config_valid: reloader.inForce.valid,
    watchdog_enabled: watchdog.enabled,
    limits: book
      .entries()
      .flatMap(limitsOf)
      .filter(({ origin }) => origin !== 'level'),
    supervisor_rss_bytes: supervisor.self.latest?.rss_bytes ?? null,
    supervisor_cpu_percent: supervisor.self.latest?.cpu_percent ?? null,
    spooled_lines: book.spooledLines,
    workers: roster.entries().map((entry) => ({
      pid: entry.process.pid,
      state: entry.state,
      lane: entry.lease?.lane ?? '',
      query: entry.lease?.queryId ?? '',
      started_unix_ms: entry.started_unix_ms,
      queries: entry.queries,
      private_bytes: entry.lastSample?.private_bytes ?? entry.baseline_bytes,
      cpu_ms: entry.lastSample?.cpu_ms ?? 0,
    })),
    extensions: extensions.status(),
    actor_tree: formatActorTree(supervisor.system.status()),
  });
  return {
    version: leashVersion,
    pid: process.pid,
    status,
    denials: () => denylist.entries(nodeClock.unixMs()),
    clearDenials: (name) => denylist.clear(name),
    addDenial: (name, for_ms) => {
      const entry = book.get(name);
      const named =
        entry === undefined
          ? extensions.recordOf(name)
          : { scope: entry.scope, sqlHash: entry.sqlHash, sql: entry.query.sql };
      if (named === undefined) return undefined;
      denylist.add({ ...named, queryId: name }, for_ms, nodeClock.unixMs());
      return 1;
    },
    why: (name) => {
      const packDelimiter = reloader.inForce.flags.text('pack_delimiter');
      return answerWhy(name, supervisor, { clock: nodeClock, packDelimiter });
    },
    query: (sql, listener) => {
      const { budget, origins } = adhoc;
      const from = origins.cpu_percent === 'flag' ? { cpuPercentFrom_ms: supervisor.cpuRuleFrom_ms } : {};
      return supervisor.query({ sql, by: { uid }, budget, ...from }, listener);
    },
    setLimit: (wish) => overrides.set(wish),
    clearLimit: (name) => overrides.clear(name),
    overrides: () => overrides.list(),
    reload: () => reloader.reload(),
  };
};
