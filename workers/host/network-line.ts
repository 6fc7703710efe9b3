import type { Clock } from '../../platform/clock.ts';
import type { NetworkFailure } from '../../protocol/host-network.ts';
import { fail } from '../../protocol/result.ts';
import type { DoorOfRun } from '../query-runner.ts';

/** What every call of the network door goes by. */
export interface NetworkLine extends Pick<DoorOfRun, 'over' | 'received'> {
  readonly clock: Clock;
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
