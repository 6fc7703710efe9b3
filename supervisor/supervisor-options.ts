import type { DaemonEvent } from '../protocol/daemon-event.ts';
import type { TableValue } from '../protocol/table.ts';
import type { ScheduledQuery } from './config/config.ts';
import type { Flags } from './config/flags.ts';
import type { SupervisorOptions } from './supervisor.ts';

/** What flags do not say. */
export interface DaemonFacts {
  readonly emit: (event: DaemonEvent) => void;
  readonly hostIdentifier: string;
  readonly info: () => Readonly<Record<string, TableValue>>;
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

/** A supervisor's options as a daemon's flags have them. */
export const supervisorOptions = (
  flags: Flags,
  schedule: readonly ScheduledQuery[],
  facts: DaemonFacts,
): SupervisorOptions => ({
  schedule,
  splayPercent: flags.int('schedule_splay_percent'),
  limits: {
    maxWorkers: Math.max(1, flags.int('workers_max')),
    maxUnkillable,
    concurrency: { scheduled: Math.max(1, flags.int('workers_scheduled')), live: 2, probation: 1 },
    slow_ms,
    maxQueued,
    idle_ms: spareIdle_ms,
    lastIdle_ms: flags.int('worker_idle_seconds') * 1000,
  },
  denial_ms: flags.text('denylist_mode') === 'osquery' ? [osqueryDenial_ms] : denialLengths(flags),
  lineOptions: () => ({
    hostIdentifier: facts.hostIdentifier,
    eventLines: flags.bool('logger_event_type'),
    snapshotEventLines: flags.bool('logger_snapshot_event_type'),
    numerics: flags.bool('logger_numerics'),
    epoch: flags.int('schedule_epoch'),
    decorations: {},
    decorationsTopLevel: flags.bool('decorations_top_level'),
  }),
  info: facts.info,
  flags: () => flags.rows().map((row) => ({ ...row })),
  emit: facts.emit,
});

const denialLengths = (flags: Flags): readonly number[] => {
  const lengths_ms = flags
    .text('denylist_durations')
    .split(',')
    .map((seconds) => Number(seconds.trim()) * 1000)
    .filter((length_ms) => length_ms > 0);
  return lengths_ms.length > 0 ? lengths_ms : [osqueryDenial_ms];
};
