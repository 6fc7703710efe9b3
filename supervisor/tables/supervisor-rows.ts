import type { ActorStatus } from '../../actors/types.ts';
import type { Denial } from '../../protocol/denial.ts';
import type { Evidence } from '../../protocol/evidence.ts';
import type { SupervisorTable } from '../../protocol/supervisor-tables.ts';
import type { TableValue } from '../../protocol/table.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import type { EndedWorker } from '../../protocol/worker-exit.ts';
import type { Flags } from '../config/flags.ts';
import type { PrometheusTargets } from '../config/schema.ts';
import type { YaraSignatures } from '../config/yara-signatures.ts';
import type { ExtensionRoster } from '../extensions/life/extension-roster.ts';
import { limitsOf } from '../limits/query-limits.ts';
import type { PackBoard, PackEntry } from '../packs/pack-board.ts';
import type { ScheduleEntry } from '../schedule/schedule-book.ts';
import type { Roster, RosterEntry } from '../workforce/roster.ts';
import { leashExtensionRows, osqueryExtensionRows, pluginRows } from './extension-rows.ts';

type Row = Readonly<Record<string, TableValue>>;

/** Where the rows of the supervisor's own tables come from; each is a look at living data. */
export interface SupervisorViews {
  readonly info: () => Row;
  readonly flags: () => Flags;
  readonly packs: PackBoard;
  readonly prometheusTargets: () => PrometheusTargets | undefined;
  readonly yaraSignatures: () => YaraSignatures;
  readonly schedule: () => readonly ScheduleEntry[];
  readonly isDenied: (scope: string, sqlHash: string) => boolean;
  readonly roster: Roster;
  readonly verdicts: () => readonly Verdict[];
  readonly evidence: (verdictId: string) => Evidence | undefined;
  readonly denials: () => readonly Denial[];
  readonly actors: () => readonly ActorStatus[];
  readonly extensions: ExtensionRoster;
}

/** Rows of one table that a worker asked for; `key` names one verdict of `leash_samples`. */
export const supervisorRows = (
  views: SupervisorViews,
  table: SupervisorTable,
  key: string | undefined,
): readonly Row[] => {
  switch (table) {
    case 'osquery_info':
      return [infoRow(views)];
    case 'osquery_flags':
      // As osquery does, without those of the shell that are a letter.
      return views
        .flags()
        .rows()
        .filter(({ name }) => name.length > 2)
        .map((row) => ({ ...row }));
    case 'osquery_registry':
      return pluginRows(views.flags(), views.extensions);
    case 'osquery_packs':
      return views.packs.entries().map((entry) => packRow(entry, views.packs.isActive(entry)));
    case 'prometheus_metrics':
      return targetRows(views.prometheusTargets());
    case 'yara_file':
      return [...views.yaraSignatures()].flatMap(([sig_group, files]) =>
        files.map((sigfile) => ({ sig_group, sigfile })),
      );
    case 'osquery_schedule':
      return views.schedule().map((entry) => scheduleRow(entry, views.isDenied(entry.scope, entry.sqlHash)));
    case 'leash_workers':
      return views.roster.entries().map((entry) => workerRow(entry, views.roster));
    case 'leash_worker_history':
      return views.roster.history().map(endedWorkerRow);
    case 'leash_leases':
      return views.roster.entries().flatMap(leaseRow);
    case 'leash_samples':
      return key === undefined ? views.verdicts().map(judgedRow) : sampleRows(views.evidence(key));
    case 'leash_limits':
      return views.schedule().flatMap(limitRows);
    case 'leash_verdicts':
      return views.verdicts().map(verdictRow);
    case 'leash_denylist':
      return views.denials().map(denialRow);
    case 'leash_actors':
      return views.actors().map(actorRow);
    case 'leash_extensions':
      return leashExtensionRows(views.extensions);
    case 'osquery_extensions':
      return osqueryExtensionRows(views.extensions);
  }
};

/** Extensions are `active` where the socket at which others register is open: osquery pings it. */
const infoRow = ({ info, extensions }: SupervisorViews): Row => ({
  ...info(),
  extensions: extensions.sharedSocket === '' ? 'inactive' : 'active',
});

/** osquery gives a target one second, unless the config says otherwise. */
const targetRows = (targets: PrometheusTargets | undefined): readonly Row[] =>
  (targets?.urls ?? []).map((target_name) => ({ target_name, timeout_s: targets?.timeout ?? 1 }));

const seconds = (ms: number): number => Math.floor(ms / 1000);

const scheduleRow = (entry: ScheduleEntry, denied: boolean): Row => {
  const { query, performance } = entry;
  return {
    name: query.name,
    query: query.sql,
    interval: query.interval_s,
    executions: performance?.executions ?? 0,
    last_executed: performance?.last_executed_unix_s ?? 0,
    denylisted: denied ? 1 : 0,
    output_size: performance?.output_size_bytes ?? 0,
    wall_time: seconds(performance?.wall_time_ms ?? 0),
    wall_time_ms: performance?.wall_time_ms ?? 0,
    last_wall_time_ms: performance?.last_wall_time_ms ?? 0,
    user_time: performance?.user_time_ms ?? 0,
    last_user_time: performance?.last_user_time_ms ?? 0,
    system_time: performance?.system_time_ms ?? 0,
    last_system_time: performance?.last_system_time_ms ?? 0,
    average_memory: performance?.average_memory_bytes ?? 0,
    last_memory: performance?.last_memory_bytes ?? 0,
    skipped: entry.skipped,
    deferred: entry.deferred,
    last_start_drift_ms: Math.round(entry.lastStartDrift_ms ?? 0),
    last_failure: entry.lastFailure,
    limits: JSON.stringify(
      Object.fromEntries(limitsOf(entry).map(({ limit, value, origin }) => [limit, { value, origin }])),
    ),
  };
};

const packRow = ({ pack, cacheHits, executions }: PackEntry, isActive: boolean): Row => ({
  name: pack.name,
  platform: pack.platform,
  version: pack.version,
  shard: pack.shard,
  discovery_cache_hits: cacheHits,
  discovery_executions: executions,
  active: isActive ? 1 : 0,
});

const limitRows = (entry: ScheduleEntry): readonly Row[] =>
  limitsOf(entry).map(({ query, limit, value, origin, until_unix_ms }) => ({
    query_name: query,
    limit_name: limit,
    limit_value: value,
    origin,
    config_value: entry.query.budget[limit],
    override_until: until_unix_ms === null ? 0 : seconds(until_unix_ms),
  }));

const workerRow = (entry: RosterEntry, { restarts, lastCause, lastExit }: Roster): Row => ({
  pid: entry.process.pid,
  start_ticks: entry.process.startTicks,
  profile: entry.profile,
  state: entry.state,
  lane: entry.lease?.lane ?? '',
  query_name: entry.lease?.queryId ?? '',
  started_time: seconds(entry.started_unix_ms),
  queries: entry.queries,
  private_bytes: entry.lastSample?.private_bytes ?? entry.baseline_bytes,
  baseline_bytes: entry.baseline_bytes,
  cpu_ms: Math.round(entry.lastSample?.cpu_ms ?? 0),
  restarts,
  last_cause: lastCause,
  last_exit: lastExit,
});

const endedWorkerRow = (worker: EndedWorker): Row => ({
  pid: worker.process.pid,
  start_ticks: worker.process.startTicks,
  cause: worker.cause,
  exit_code: worker.code,
  signal: worker.signal ?? '',
  query_name: worker.queryId,
  queries: worker.queries,
  started_time: seconds(worker.started_unix_ms),
  ended_time: seconds(worker.ended_unix_ms),
});

const leaseRow = (entry: RosterEntry): readonly Row[] => {
  const { lease } = entry;
  if (lease === undefined) return [];
  return [
    {
      lease_id: lease.leaseId,
      query_name: lease.queryId,
      scope: lease.scope,
      sql_hash: lease.sqlHash,
      lane: lease.lane,
      pid: lease.worker.pid,
      start_ticks: lease.worker.startTicks,
      granted_time: seconds(lease.grantedAt_unix_ms),
      ...lease.budget,
    },
  ];
};

const verdictRow = (verdict: Verdict): Row => ({
  verdict_id: verdict.verdictId,
  subject: verdict.subject,
  lease_id: verdict.leaseId,
  query_name: verdict.queryId,
  scope: verdict.scope,
  sql_hash: verdict.sqlHash,
  sql: verdict.sql,
  pid: verdict.worker.pid,
  kind: verdict.kind,
  reason: verdict.reason,
  limit_value: verdict.limit,
  measured: verdict.measured,
  strike: verdict.strike ? 1 : 0,
  journalled: verdict.journalled ? 1 : 0,
  time: seconds(verdict.at_unix_ms),
});

const judgedRow = ({ verdictId, leaseId, queryId }: Verdict): Row => ({
  verdict_id: verdictId,
  lease_id: leaseId,
  query_name: queryId,
});

const sampleRows = (evidence: Evidence | undefined): readonly Row[] => {
  if (evidence === undefined) return [];
  const { verdictId, leaseId, queryId, points } = evidence;
  return points.map((point) => ({
    verdict_id: verdictId,
    lease_id: leaseId,
    query_name: queryId,
    ...point,
  }));
};

const denialRow = (denial: Denial): Row => ({
  scope: denial.scope,
  query_name: denial.queryId,
  sql_hash: denial.sqlHash,
  sql: denial.sql,
  state: denial.state,
  strikes: denial.strikes,
  reason: denial.reason,
  limit_value: denial.limit,
  measured: denial.measured,
  since: seconds(denial.since_unix_ms),
  until: seconds(denial.until_unix_ms),
  last_strike: seconds(denial.lastStrike_unix_ms),
});

const actorRow = (actor: ActorStatus): Row => ({
  path: actor.path,
  state: actor.state,
  mailbox_depth: actor.mailbox_depth,
  mailbox_high_water: actor.mailbox_high_water,
  mailbox_capacity: actor.mailbox_capacity,
  received: actor.received,
  dropped: actor.dropped,
  restarts: actor.restarts,
  started_time: seconds(actor.started_unix_ms),
});
