import type { Clock } from '../../platform/clock.ts';
import type { NetworkFailure } from '../../protocol/host-network.ts';
import { fail } from '../../protocol/result.ts';

/** What every call of the network door goes by. */
export interface NetworkLine {
  /** Aborted when the run is over: every socket is closed then. */
  readonly over: AbortSignal;
  /** Counts bytes against the budget of the run; throws when it is used up. */
  readonly received: (count: number) => void;
  readonly clock: Pick<Clock, 'after' | 'monotonicMs'>;
}

/** A failure of the network door. */
export const networkFailure = (
  reason: NetworkFailure['reason'],
  message: string,
): { readonly ok: false; readonly error: NetworkFailure } => fail({ reason, message });

/** What Node says of a socket that failed; a peer with several addresses fails with several errors. */
export const describeError = (error: Error): string => {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors
      .map((each: unknown) => (each instanceof Error ? each.message : String(each)))
      .join(', ');
  }
  return error.message;
};
