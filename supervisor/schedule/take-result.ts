import type { ActorRef } from '../../actors/types.ts';
import type { Clock } from '../../platform/clock.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { ScheduledQuery } from '../config/config.ts';
import type { RecorderMessage } from '../ledger/recorder.ts';
import type { CollectedRun } from './collector.ts';
import type { ScheduleBook } from './schedule-book.ts';

/** One start of a query, from the moment it is due. */
export interface Start {
  readonly requestId: string;
  /** Its splayed moment, in monotonic milliseconds. */
  readonly planned_ms: number;
  /** How long it was put off so far, because the host was under pressure. */
  readonly deferred_ms: number;
}

/** What came of a start. `query`: as it was when the run began; the schedule may have changed since. */
export interface EndedStart {
  readonly query: ScheduledQuery;
  readonly start: Start;
  readonly run: CollectedRun;
}

/** Where results go. */
export interface ResultDeps {
  readonly book: ScheduleBook;
  readonly recorder: ActorRef<RecorderMessage>;
  readonly emit: (event: DaemonEvent) => void;
}

/**
 * Hands a good result to the recorder and notes why another gave none. Nothing is done for a query that left the
 * schedule while it ran.
 */
export const takeResult = (
  deps: ResultDeps,
  { query, start: { requestId, planned_ms }, run: { results, outcome, grantedAt_ms } }: EndedStart,
  clock: Clock,
): void => {
  const { name } = query;
  const entry = deps.book.get(name);
  if (entry?.run !== requestId) return;
  if (grantedAt_ms !== undefined)
    deps.book.update(name, { lastStartDrift_ms: Math.max(0, grantedAt_ms - planned_ms) });
  for (const warning of outcome.warnings) {
    deps.emit({ type: 'log', severity: 'warning', message: `'${name}': ${warning}` });
  }
  const { failure } = outcome;
  if (failure !== undefined) {
    // A denial was told when it was made, and a query that waits says so once: not at every start that it misses.
    const { reason, message } = failure;
    const told = reason === 'denied' || (reason === 'held_back' && entry.lastFailure === message);
    if (!told) deps.emit({ type: 'query_failed', name, message });
    const refused = reason === 'denied' || reason === 'held_back';
    const lastFault = refused ? {} : { lastFault: { at_unix_ms: clock.unixMs(), reason, message } };
    deps.book.finish(name, requestId, { lastFailure: message, ...lastFault });
    return;
  }
  deps.recorder.tell({
    type: 'record',
    requestId,
    query,
    results,
    cost: outcome.cost,
    finished_unix_ms: clock.unixMs(),
  });
};
