import type { Lane } from '../../protocol/lease.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
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
  /** After so many starts in a row that failed what waits is refused; absent: it waits until one succeeds, as a daemon's may. */
  readonly failedStartsMost?: number;
}

/** Order in which lanes are served: a person waits in `live`, a buffer fills behind `events`. */
export const laneOrder: readonly Lane[] = ['live', 'events', 'probation', 'scheduled'];

interface Waiting {
  readonly request: RunRequest;
  /** Smaller: came earlier. */
  readonly order: number;
}

type ProfileQueues = Readonly<Record<WorkerProfile, Waiting[]>>;

/** First in, first out, bounded: one queue for each lane and kind of worker. */
export class LaneQueues {
  readonly #lanes: Readonly<Record<Lane, ProfileQueues>> = {
    scheduled: { pure: [], net: [] },
    live: { pure: [], net: [] },
    events: { pure: [], net: [] },
    probation: { pure: [], net: [] },
  };
  readonly #maxQueued: number;
  #order = 0;

  constructor(maxQueued: number) {
    this.#maxQueued = maxQueued;
  }

  /** False when the lane is full. */
  push(request: RunRequest, profile: WorkerProfile): boolean {
    if (this.waiting(request.lane) >= this.#maxQueued) return false;
    this.#order += 1;
    this.#lanes[request.lane][profile].push({ request, order: this.#order });
    return true;
  }

  /** Puts a request that has waited already before all others; there are never more of them than workers. */
  putBack(request: RunRequest, profile: WorkerProfile): void {
    this.#lanes[request.lane][profile].unshift({ request, order: 0 });
  }

  shift(lane: Lane, profile: WorkerProfile): RunRequest | undefined {
    return this.#lanes[lane][profile].shift()?.request;
  }

  /** Takes a waiting request out; undefined when it does not wait. */
  remove(requestId: string): RunRequest | undefined {
    for (const lane of laneOrder) {
      for (const queue of Object.values(this.#lanes[lane])) {
        const index = queue.findIndex(({ request }) => request.requestId === requestId);
        if (index >= 0) return queue.splice(index, 1)[0]?.request;
      }
    }
    return undefined;
  }

  /** How many wait in a lane, for one kind of worker or for both. */
  waiting(lane: Lane, profile?: WorkerProfile): number {
    const { pure, net } = this.#lanes[lane];
    return profile === undefined ? pure.length + net.length : this.#lanes[lane][profile].length;
  }

  /** The kinds of workers that are waited for in a lane; that of whoever came first is the first. */
  profiles(lane: Lane): readonly WorkerProfile[] {
    const { pure, net } = this.#lanes[lane];
    if (pure[0] === undefined) return net[0] === undefined ? [] : ['net'];
    if (net[0] === undefined) return ['pure'];
    return pure[0].order < net[0].order ? ['pure', 'net'] : ['net', 'pure'];
  }

  drain(): readonly RunRequest[] {
    return laneOrder.flatMap((lane) =>
      Object.values(this.#lanes[lane]).flatMap((queue) => queue.splice(0).map(({ request }) => request)),
    );
  }
}
