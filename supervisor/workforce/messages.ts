import type { WorkerExit } from '../../platform/process-host.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { WorkerExitCause } from '../../protocol/worker-exit.ts';
import type { FromWorker } from '../../protocol/worker-messages.ts';
import type { RunListener, RunRequest } from './run-request.ts';

/** To the actor that owns one worker process. The first group comes from the process itself. */
export type WorkerMessage =
  | { readonly type: 'from_worker'; readonly message: FromWorker }
  | { readonly type: 'rows'; readonly payload: Buffer }
  | { readonly type: 'protocol_error'; readonly message: string }
  | { readonly type: 'exited'; readonly exit: WorkerExit }
  | { readonly type: 'lease'; readonly lease: Lease; readonly listener: RunListener }
  | { readonly type: 'sample' }
  | { readonly type: 'start_overdue' }
  | { readonly type: 'kill_overdue' }
  | { readonly type: 'resume' }
  | { readonly type: 'cancel' }
  | { readonly type: 'retire'; readonly cause: WorkerExitCause };

/** How a lease ended, and what became of its worker. */
export interface LeaseEnd {
  /**
   * `finished`: the statement ran to its end. `failed`: it failed by itself (an SQL error), without a verdict.
   * `judged`: a limit stopped it and a verdict says so. `crashed`: its worker died and no verdict caused it.
   * `needs_net`: nothing ran, since the statement needs a worker that may open sockets. `not_begun`: nothing ran, since
   * the worker was gone before it could begin.
   */
  readonly how: 'finished' | 'failed' | 'judged' | 'crashed' | 'cancelled' | 'needs_net' | 'not_begun';
  /** `recycle`: alive, but it kept too much memory to run another query. */
  readonly worker: 'idle' | 'recycle' | 'gone';
}

/** To the workforce. The second group comes from its workers. */
export type WorkforceMessage =
  | { readonly type: 'run'; readonly request: RunRequest }
  | { readonly type: 'cancel'; readonly requestId: string }
  | { readonly type: 'resume'; readonly requestId: string }
  | { readonly type: 'worker_ready'; readonly workerId: string }
  | {
      readonly type: 'lease_ended';
      readonly workerId: string;
      readonly leaseId: string;
      readonly end: LeaseEnd;
    }
  | { readonly type: 'worker_unkillable'; readonly workerId: string }
  | { readonly type: 'worker_ended'; readonly workerId: string; readonly before_ready: boolean }
  | { readonly type: 'slow'; readonly workerId: string; readonly leaseId: string }
  | { readonly type: 'start_again' }
  | { readonly type: 'refill' }
  | { readonly type: 'retire_idle' };
