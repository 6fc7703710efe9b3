import type { Result } from '../protocol/result.ts';
import type { Clock } from './clock.ts';
import type { CallFailure } from './extension-wire.ts';

/** How often a socket that is not there yet is looked for. */
const lookEvery_ms = 20;

/**
 * Makes a call again while nobody listens and that `mayCome`, which is asked with the moment of the next attempt
 * (monotonic). An extension learns the name of its socket by being registered, so it listens a little later.
 */
export const callLateListener = async <T>(
  clock: Clock,
  call: () => Promise<Result<T, CallFailure>>,
  mayCome: (again_ms: number) => boolean,
): Promise<Result<T, CallFailure>> => {
  for (;;) {
    const answer = await call();
    const isMissing = !answer.ok && answer.error.reason === 'no_listener';
    if (!isMissing || !mayCome(clock.monotonicMs() + lookEvery_ms)) return answer;
    await new Promise<void>((resolve) => clock.after(lookEvery_ms, resolve));
  }
};
