import type { WorkerState } from '../../protocol/control.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { ProcessIdentity, Sample } from '../../protocol/sample.ts';
import type { EndedWorker, WorkerExitCause } from '../../protocol/worker-exit.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';

/** What is known of one worker, for people: `leash status`, `leash_workers`. */
export interface RosterEntry {
  readonly workerId: string;
  readonly process: ProcessIdentity;
  readonly profile: WorkerProfile;
  readonly started_unix_ms: number;
  readonly state: WorkerState;
  readonly lease: Lease | undefined;
  readonly queries: number;
  readonly baseline_bytes: number;
  readonly lastSample: Sample | undefined;
}

/** How a worker ended; `how` is the sentence that `leash_workers.last_exit` shows. */
export interface RosterExit {
  readonly cause: WorkerExitCause;
  readonly how: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly ended_unix_ms: number;
}

/** Workers that are gone are remembered until there are more than this. */
const keptExits = 500;

/**
 * The list of workers. Written by the actors that own the processes, read by tables and status;
 * it decides nothing.
 */
export class Roster {
  readonly #entries = new Map<string, RosterEntry>();
  #restarts = 0;
  #lastExit = '';
  #history: EndedWorker[] = [];

  put(entry: RosterEntry): void {
    this.#entries.set(entry.workerId, entry);
  }

  update(workerId: string, change: Partial<Omit<RosterEntry, 'workerId'>>): void {
    const entry = this.#entries.get(workerId);
    if (entry !== undefined) this.#entries.set(workerId, { ...entry, ...change });
  }

  /** Takes a dead worker off the list and into the history. */
  remove(workerId: string, { how, ...exit }: RosterExit): void {
    const entry = this.#entries.get(workerId);
    if (entry === undefined) return;
    this.#entries.delete(workerId);
    this.#restarts += 1;
    this.#lastExit = how;
    const { process, started_unix_ms, queries, lease } = entry;
    this.#history.push({ process, started_unix_ms, queries, queryId: lease?.queryId ?? '', ...exit });
    // Cut in halves, not at each exit: a host that forks workers all day does not copy the list all day.
    if (this.#history.length > 2 * keptExits) this.#history = this.#history.slice(-keptExits);
  }

  /** Workers that ended, newest first. */
  history(): readonly EndedWorker[] {
    return this.#history.slice(-keptExits).reverse();
  }

  entries(): readonly RosterEntry[] {
    return [...this.#entries.values()];
  }

  /** Whether a lease that was granted before this moment (monotonic milliseconds) is still open. */
  hasLeaseFromBefore(ms: number): boolean {
    return this.entries().some(({ lease }) => lease !== undefined && lease.grantedAt_ms <= ms);
  }

  /** Workers that ended since the supervisor began. */
  get restarts(): number {
    return this.#restarts;
  }

  get lastExit(): string {
    return this.#lastExit;
  }

  /** Why the last worker ended; empty while none did. */
  get lastCause(): WorkerExitCause | '' {
    return this.#history.at(-1)?.cause ?? '';
  }
}
