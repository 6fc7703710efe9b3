import type { WorkerExit } from '../../platform/process-host.ts';
import type { LimitName } from '../../protocol/budget.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { Lease } from '../../protocol/lease.ts';
import { noCost, type QueryFailure } from '../../protocol/run.ts';

/** The outcome of a run that its worker did not live to tell. */
export const failed = (reason: QueryFailure['reason'], message: string): QueryOutcome => ({
  failure: { reason, message },
  cost: noCost,
  warnings: [],
});

/** The engine's own clean stops are judged like kills. */
export const engineStop = (
  failure: QueryFailure | undefined,
  lease: Lease,
): { reason: LimitName; limit: number; measured: number } | undefined => {
  if (failure?.reason === 'out_of_memory') {
    const limit = lease.budget.memory_mb;
    return { reason: 'memory_mb', limit, measured: failure.measured ?? limit };
  }
  if (failure?.reason !== 'limit' || failure.limit === undefined) return undefined;
  const limit = lease.budget[failure.limit];
  return { reason: failure.limit, limit, measured: failure.measured ?? limit };
};

/** How a process ended, as the beginning of a sentence. */
export const describeExit = (who: string, exit: Pick<WorkerExit, 'code' | 'signal'>): string =>
  exit.signal === null ? `${who} ended with code ${exit.code ?? '?'}` : `${who} was ended by ${exit.signal}`;

/** The end of what it said on standard error, on one line. */
export const lastLines = (stderr: string): string => stderr.trim().split('\n').slice(-3).join(' | ');
