import type { Lane } from '../../protocol/lease.ts';
import type { RunRequest } from './run-request.ts';

/** How many workers there may be, and how many quick queries of a lane run side by side. */
export interface WorkforceLimits {
  /** All workers together: slow ones and those that outlive SIGKILL included. */
  readonly maxWorkers: number;
  /** So many workers at once may outlive SIGKILL; the query of one more is denied. */
  readonly maxUnkillable: number;
  readonly concurrency: Readonly<Record<Lane, number>>;
  /** A query that runs longer than this stops holding its lane: the next one gets another worker. */
  readonly slow_ms: number;
  /** Requests that wait in one lane; one more is refused. */
  readonly maxQueued: number;
  /** So many idle workers are kept beyond what the work needs, ready for a query whose worker was lost. */
  readonly spares: number;
  /** A second idle worker ends after this time; the last one after `lastIdle_ms`. Spares stay. */
  readonly idle_ms: number;
  readonly lastIdle_ms: number;
  /** The longest wait after starts or queries that failed, where osquery's `watchdog_max_delay` is set. */
  readonly longestBackoff_ms?: number | undefined;
}

/** Order in which lanes are served: a person waits in `live`. */
export const laneOrder: readonly Lane[] = ['live', 'probation', 'scheduled'];

/** First in, first out, bounded, one queue a lane. */
export class LaneQueues {
  readonly #queues: Record<Lane, RunRequest[]> = { scheduled: [], live: [], probation: [] };
  readonly #maxQueued: number;

  constructor(maxQueued: number) {
    this.#maxQueued = maxQueued;
  }

  /** False when the lane is full. */
  push(request: RunRequest): boolean {
    const queue = this.#queues[request.lane];
    if (queue.length >= this.#maxQueued) return false;
    queue.push(request);
    return true;
  }

  first(lane: Lane): RunRequest | undefined {
    return this.#queues[lane][0];
  }

  shift(lane: Lane): RunRequest | undefined {
    return this.#queues[lane].shift();
  }

  /** Takes a waiting request out; undefined when it does not wait. */
  remove(requestId: string): RunRequest | undefined {
    for (const queue of Object.values(this.#queues)) {
      const index = queue.findIndex((request) => request.requestId === requestId);
      if (index >= 0) return queue.splice(index, 1)[0];
    }
    return undefined;
  }

  waiting(lane: Lane): number {
    return this.#queues[lane].length;
  }

  drain(): readonly RunRequest[] {
    return laneOrder.flatMap((lane) => this.#queues[lane].splice(0));
  }
}
