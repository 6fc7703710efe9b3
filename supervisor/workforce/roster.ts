import type { WorkerState } from '../../protocol/control.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { ProcessIdentity, Sample } from '../../protocol/sample.ts';

/** What is known of one worker, for people: `leash status`, `leash_workers`. */
export interface RosterEntry {
  readonly workerId: string;
  readonly process: ProcessIdentity;
  readonly started_unix_ms: number;
  readonly state: WorkerState;
  readonly lease: Lease | undefined;
  readonly queries: number;
  readonly baseline_bytes: number;
  readonly lastSample: Sample | undefined;
}

/**
 * The list of workers. Written by the actors that own the processes, read by tables and status;
 * it decides nothing.
 */
export class Roster {
  readonly #entries = new Map<string, RosterEntry>();
  #restarts = 0;
  #lastExit = '';

  put(entry: RosterEntry): void {
    this.#entries.set(entry.workerId, entry);
  }

  update(workerId: string, change: Partial<Omit<RosterEntry, 'workerId'>>): void {
    const entry = this.#entries.get(workerId);
    if (entry !== undefined) this.#entries.set(workerId, { ...entry, ...change });
  }

  /** Takes a dead worker off the list; `how` is the sentence that `leash_workers.last_exit` shows. */
  remove(workerId: string, how: string): void {
    if (!this.#entries.delete(workerId)) return;
    this.#restarts += 1;
    this.#lastExit = how;
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
}
