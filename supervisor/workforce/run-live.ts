import type { ActorRef } from '../../actors/types.ts';
import type { Random } from '../../platform/random.ts';
import type { WorkforceMessage } from './messages.ts';
import { failed } from './run-end.ts';
import { type RunListener, type RunRequest, sqlHashOf } from './run-request.ts';

/** A statement outside the schedule, which somebody waits for. */
export type LiveQuery = Pick<RunRequest, 'queryId' | 'scope' | 'sql' | 'budget' | 'cpuPercentFrom_ms'>;

/** A live query under way. */
export interface LiveRun {
  cancel(): void;
  resume(): void;
}

/** Runs a statement in the lane of those that somebody waits for. */
export const runLive = (
  work: ActorRef<WorkforceMessage>,
  random: Random,
  query: LiveQuery,
  listener: RunListener,
): LiveRun => {
  const requestId = random.id();
  const sqlHash = sqlHashOf(query.sql, query.budget);
  const told = work.tell({
    type: 'run',
    request: { ...query, requestId, sqlHash, lane: 'live', mayBeDenied: true, listener },
  });
  if (told !== 'accepted')
    listener.done(failed('overloaded', 'Leash has more requests than it takes; try again.'));
  return {
    cancel: () => void work.tell({ type: 'cancel', requestId }),
    resume: () => void work.tell({ type: 'resume', requestId }),
  };
};
