import type { ProcessIdentity } from './sample.ts';

/**
 * Why a worker process ended. `verdict`: a limit was broken; `cancelled`: nobody wanted the answer any more;
 * `recycled`: it kept too much memory after a query; `idle`: there was nothing to do; `made_room`: a probation run
 * needed a fresh one; `not_ready`: it never became one of ours; `broke_protocol`: it sent what no worker sends;
 * `died`: of itself, or by somebody else's hand.
 */
export type WorkerExitCause =
  | 'verdict'
  | 'cancelled'
  | 'recycled'
  | 'idle'
  | 'made_room'
  | 'not_ready'
  | 'broke_protocol'
  | 'died';

/** A worker that is gone. */
export interface EndedWorker {
  readonly process: ProcessIdentity;
  readonly cause: WorkerExitCause;
  /** Exit code and signal as the kernel told them; one of the two is null. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The query that it ran when it ended; empty when none. */
  readonly queryId: string;
  /** How many queries it was given. */
  readonly queries: number;
  readonly started_unix_ms: number;
  readonly ended_unix_ms: number;
}
