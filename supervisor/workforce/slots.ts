import type { ActorRef } from '../../actors/types.ts';
import type { Lane, Lease } from '../../protocol/lease.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import type { WorkerMessage } from './messages.ts';
import type { RunRequest } from './run-request.ts';

/** A worker as the workforce sees it. */
export interface Slot {
  readonly workerId: string;
  readonly ref: ActorRef<WorkerMessage>;
  readonly profile: WorkerProfile;
  phase: 'starting' | 'idle' | 'leased' | 'ending' | 'unkillable';
  request: RunRequest | undefined;
  lease: Lease | undefined;
  /** Its asker gave up while it ran. */
  cancelled: boolean;
  /** It ran past `slow_ms` and no longer holds its lane. */
  aside: boolean;
  queries: number;
  idleSince_ms: number;
}

/** What a request wants of a worker. A probation run gets a process that has run nothing: what it costs is its own. */
export interface Wanted {
  readonly profile: WorkerProfile;
  readonly fresh: boolean;
}

/** Whether an idle worker can take such a request. */
export const suits = (slot: Slot, { profile, fresh }: Wanted): boolean =>
  slot.profile === profile && (!fresh || slot.queries === 0);

/** All workers, whatever they do. */
export class Slots {
  readonly #slots = new Map<string, Slot>();

  get size(): number {
    return this.#slots.size;
  }

  add(slot: Slot): void {
    this.#slots.set(slot.workerId, slot);
  }

  get(workerId: string): Slot | undefined {
    return this.#slots.get(workerId);
  }

  delete(workerId: string): void {
    this.#slots.delete(workerId);
  }

  in(phase: Slot['phase'], profile?: WorkerProfile): readonly Slot[] {
    return [...this.#slots.values()].filter(
      (slot) => slot.phase === phase && (profile === undefined || slot.profile === profile),
    );
  }

  /** An idle worker for such a request. */
  idle(wanted: Wanted): Slot | undefined {
    for (const slot of this.#slots.values()) if (slot.phase === 'idle' && suits(slot, wanted)) return slot;
    return undefined;
  }

  /** How many runs hold the lane. */
  held(lane: Lane): number {
    let held = 0;
    for (const slot of this.#slots.values()) {
      if (slot.phase === 'leased' && !slot.aside && slot.request?.lane === lane) held += 1;
    }
    return held;
  }

  ofRequest(requestId: string): Slot | undefined {
    for (const slot of this.#slots.values()) if (slot.request?.requestId === requestId) return slot;
    return undefined;
  }
}
