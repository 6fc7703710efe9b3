import type { ActorRef, Behaviour, Context } from '../../actors/types.ts';
import type { GuardStore } from '../../platform/guard-store.ts';
import { startBackoff_ms } from '../../policies/restart-backoff.ts';
import type { Lane, Lease } from '../../protocol/lease.ts';
import type { QueryFailureReason } from '../../protocol/run.ts';
import type { WorkerExitCause } from '../../protocol/worker-exit.ts';
import type { Denylist } from '../denylist/denylist.ts';
import type { HeldBack } from './held-back.ts';
import { LaneQueues, laneOrder, type WorkforceLimits } from './lanes.ts';
import type { LeaseEnd, WorkerMessage, WorkforceMessage } from './messages.ts';
import { failed } from './run-end.ts';
import type { RunRequest } from './run-request.ts';
import { type WorkerDeps, workerActor } from './worker-actor.ts';

/** What the workforce needs. */
export interface WorkforceDeps extends WorkerDeps {
  readonly store: GuardStore;
  readonly denylist: Denylist;
  readonly heldBack: HeldBack;
  readonly limits: WorkforceLimits;
}

/** A worker as the workforce sees it. */
interface Slot {
  readonly ref: ActorRef<WorkerMessage>;
  phase: 'starting' | 'idle' | 'leased' | 'ending' | 'unkillable';
  request: RunRequest | undefined;
  lease: Lease | undefined;
  /** It ran past `slow_ms` and no longer holds its lane. */
  aside: boolean;
  queries: number;
  idleSince_ms: number;
}

interface State {
  readonly queues: LaneQueues;
  readonly slots: Map<string, Slot>;
  /** Starts in a row that did not reach `ready`. */
  failedStarts: number;
  startsAllowedAt_ms: number;
  /** Spares are missing, and a timer will start them. */
  refillIsDue: boolean;
  nextWorker: number;
}

/** Starting a process holds this loop up for milliseconds: a spare lets the query go first that took the last one. */
const refillAfter_ms = 50;

/**
 * Gives queries to workers: admission by the denylist, lanes, leases, and as many processes as the work needs.
 * A lease is in the store before its query is sent.
 */
export const workforce = (deps: WorkforceDeps): Behaviour<WorkforceMessage, State> => ({
  init: (context) => {
    context.startTimer('retire', deps.limits.idle_ms, { type: 'retire_idle' });
    return {
      queues: new LaneQueues(deps.limits.maxQueued),
      slots: new Map(),
      failedStarts: 0,
      startsAllowedAt_ms: 0,
      refillIsDue: false,
      nextWorker: 1,
    };
  },
  receive: (state, message, context) => {
    new Foreman(deps, state, context).take(message);
    return state;
  },
  stopped: (state) => {
    for (const request of state.queues.drain()) refuse(request, 'stopping', 'Leash is stopping.');
  },
});

/** One message against the workforce's state. */
class Foreman {
  readonly #deps: WorkforceDeps;
  readonly #state: State;
  readonly #context: Context<WorkforceMessage>;

  constructor(deps: WorkforceDeps, state: State, context: Context<WorkforceMessage>) {
    this.#deps = deps;
    this.#state = state;
    this.#context = context;
  }

  take(message: WorkforceMessage): void {
    switch (message.type) {
      case 'run':
        this.#admit(message.request);
        return this.#pump();
      case 'cancel':
        return this.#cancel(message.requestId);
      case 'resume':
        this.#slotOfRequest(message.requestId)?.ref.tell({ type: 'resume' });
        return;
      case 'worker_ready':
        this.#ready(message.workerId);
        return this.#pump();
      case 'slow':
        this.#slow(message.workerId, message.leaseId);
        return this.#pump();
      case 'lease_ended':
        this.#leaseEnded(message.workerId, message.leaseId, message.end);
        return this.#pump();
      case 'worker_unkillable':
        return this.#unkillable(message.workerId);
      case 'worker_ended':
        this.#workerEnded(message.workerId, message.before_ready);
        return this.#pump();
      case 'start_again':
        return this.#pump();
      case 'refill':
        this.#state.refillIsDue = false;
        return this.#start(this.#missingSpares());
      case 'retire_idle':
        return this.#retireIdle();
    }
  }

  #admit(request: RunRequest): void {
    const admitted = this.#admitted(request);
    if (admitted === undefined || this.#state.queues.push(admitted)) return;
    const { maxQueued } = this.#deps.limits;
    refuse(request, 'overloaded', `More than ${maxQueued} queries wait in lane '${admitted.lane}'.`);
  }

  /** The request in the lane that it belongs to now; undefined when it may not run: then its asker was told why. */
  #admitted(request: RunRequest): RunRequest | undefined {
    const admission = this.#deps.denylist.admit(request.scope, request.sqlHash, this.#context.clock.unixMs());
    if (admission.kind === 'denied' && request.mayBeDenied) {
      refuse(request, 'denied', admission.message);
      return undefined;
    }
    const waits = this.#deps.heldBack.reason(request, this.#context.clock.monotonicMs());
    if (waits !== undefined) {
      refuse(request, 'held_back', waits);
      return undefined;
    }
    return admission.kind === 'probation' ? { ...request, lane: 'probation' } : request;
  }

  /** Serves every lane that has room; asks for a process where only that is missing. */
  #pump(): void {
    let missing = 0;
    for (const lane of laneOrder) {
      while (this.#state.queues.waiting(lane) > 0 && this.#held(lane) < this.#deps.limits.concurrency[lane]) {
        const chosen = this.#idleSlot(lane);
        if (chosen === undefined) {
          missing += Math.min(
            this.#state.queues.waiting(lane),
            this.#deps.limits.concurrency[lane] - this.#held(lane),
          );
          break;
        }
        this.#serve(lane, chosen.workerId, chosen.slot);
      }
    }
    this.#start(missing);
    this.#refillSoon();
  }

  #refillSoon(): void {
    if (this.#state.refillIsDue || this.#missingSpares() === 0) return;
    this.#state.refillIsDue = true;
    this.#context.startTimer('refill', refillAfter_ms, { type: 'refill' });
  }

  #missingSpares(): number {
    const { spares } = this.#deps.limits;
    const idle = [...this.#state.slots.values()].filter(({ phase }) => phase === 'idle').length;
    return Math.max(0, spares - idle);
  }

  /** While it waited, a query may have been denied, or another run of it may have killed its worker. */
  #serve(lane: Lane, workerId: string, slot: Slot): void {
    const request = this.#state.queues.shift(lane);
    const admitted = request === undefined ? undefined : this.#admitted(request);
    if (admitted === undefined) return;
    if (admitted.lane === lane) this.#grant(workerId, slot, admitted);
    else this.#context.self.tell({ type: 'run', request: admitted });
  }

  #held(lane: Lane): number {
    let held = 0;
    for (const slot of this.#state.slots.values()) {
      if (slot.phase === 'leased' && !slot.aside && slot.request?.lane === lane) held += 1;
    }
    return held;
  }

  /** A probation run gets a process that has run nothing: what it costs then is its own. */
  #idleSlot(lane: Lane): { workerId: string; slot: Slot } | undefined {
    for (const [workerId, slot] of this.#state.slots) {
      if (slot.phase === 'idle' && (lane !== 'probation' || slot.queries === 0)) return { workerId, slot };
    }
    if (lane === 'probation') this.#makeRoom();
    return undefined;
  }

  /** Ends one used idle worker when the house is full, so that a fresh one can be started. */
  #makeRoom(): void {
    if (this.#state.slots.size < this.#deps.limits.maxWorkers) return;
    for (const slot of this.#state.slots.values()) {
      if (slot.phase === 'idle') return this.#end(slot, 'made_room');
    }
  }

  #grant(workerId: string, slot: Slot, request: RunRequest): void {
    const { clock, random } = this.#context;
    const process = this.#deps.roster.entries().find((entry) => entry.workerId === workerId)?.process;
    if (process === undefined)
      return refuse(request, 'worker_died', 'The worker ended before the query began.');
    const lease: Lease = {
      leaseId: random.id(),
      queryId: request.queryId,
      scope: request.scope,
      sql: request.sql,
      sqlHash: request.sqlHash,
      lane: request.lane,
      worker: process,
      budget: request.budget,
      mayBeDenied: request.mayBeDenied,
      ...(request.cpuPercentFrom_ms === undefined ? {} : { cpuPercentFrom_ms: request.cpuPercentFrom_ms }),
      grantedAt_ms: clock.monotonicMs(),
      grantedAt_unix_ms: clock.unixMs(),
    };
    const stored = this.#deps.store.putLease(lease);
    if (!stored.ok) {
      return refuse(
        request,
        'store_failed',
        `The lease could not be stored, so the query did not run: ${stored.error.message}`,
      );
    }
    Object.assign(slot, { phase: 'leased', request, lease, aside: false, queries: slot.queries + 1 });
    this.#deps.roster.update(workerId, { queries: slot.queries });
    slot.ref.tell({ type: 'lease', lease, listener: request.listener });
    this.#context.startTimer(`slow:${workerId}`, this.#deps.limits.slow_ms, {
      type: 'slow',
      workerId,
      leaseId: lease.leaseId,
    });
  }

  #slow(workerId: string, leaseId: string): void {
    const slot = this.#state.slots.get(workerId);
    if (slot?.lease?.leaseId !== leaseId || slot.request?.lane === 'probation') return;
    slot.aside = true;
  }

  /** After a failed start: one at a time, and not before the back-off is over. */
  #start(missing: number): void {
    const { slots, failedStarts, startsAllowedAt_ms } = this.#state;
    if (this.#context.clock.monotonicMs() < startsAllowedAt_ms) return;
    const starting = [...slots.values()].filter((slot) => slot.phase === 'starting').length;
    const wanted = failedStarts > 0 ? Math.min(missing, 1) : missing;
    const room = this.#deps.limits.maxWorkers - slots.size;
    for (let count = Math.min(wanted - starting, room); count > 0; count -= 1) this.#fork();
  }

  #fork(): void {
    const workerId = `worker-${this.#state.nextWorker}`;
    this.#state.nextWorker += 1;
    const ref = this.#context.spawn(workerId, workerActor(workerId, this.#context.self, this.#deps));
    this.#state.slots.set(workerId, {
      ref,
      phase: 'starting',
      request: undefined,
      lease: undefined,
      aside: false,
      queries: 0,
      idleSince_ms: this.#context.clock.monotonicMs(),
    });
  }

  #ready(workerId: string): void {
    const slot = this.#state.slots.get(workerId);
    if (slot?.phase !== 'starting') return;
    this.#state.failedStarts = 0;
    this.#becomeIdle(slot);
  }

  #becomeIdle(slot: Slot): void {
    slot.phase = 'idle';
    slot.idleSince_ms = this.#context.clock.monotonicMs();
  }

  #leaseEnded(workerId: string, leaseId: string, end: LeaseEnd): void {
    const slot = this.#state.slots.get(workerId);
    if (slot?.lease?.leaseId !== leaseId) return;
    const { request, lease } = slot;
    this.#context.cancelTimer(`slow:${workerId}`);
    const ended = this.#deps.store.endLease(leaseId);
    if (!ended.ok) this.#deps.log('error', `The end of a lease could not be stored: ${ended.error.message}`);
    Object.assign(slot, { request: undefined, lease: undefined, aside: false });
    this.#remember(lease, end);
    if (end.how === 'finished' && request?.lane === 'probation') {
      this.#deps.denylist.passed(lease.scope, lease.sqlHash, this.#context.clock.unixMs());
    }
    if (slot.phase !== 'leased') return;
    if (end.worker === 'idle') return this.#becomeIdle(slot);
    if (end.worker === 'recycle') return this.#end(slot, 'recycled');
    slot.phase = 'ending';
  }

  /** A query that kills workers waits by itself, so that the others always find one. */
  #remember(lease: Lease, end: LeaseEnd): void {
    const { clock, random } = this.#context;
    if (end.how !== 'crashed') return this.#deps.heldBack.survived(lease);
    const now = { ms: clock.monotonicMs(), unix_ms: clock.unixMs() };
    this.#deps.heldBack.died(lease, now, random.fraction());
  }

  #end(slot: Slot, cause: WorkerExitCause): void {
    slot.phase = 'ending';
    slot.ref.tell({ type: 'retire', cause });
  }

  #workerEnded(workerId: string, before_ready: boolean): void {
    this.#state.slots.delete(workerId);
    if (!before_ready) return;
    this.#state.failedStarts += 1;
    const delay_ms = startBackoff_ms(
      this.#state.failedStarts,
      this.#context.random.fraction(),
      this.#deps.limits.longestBackoff_ms,
    );
    this.#state.startsAllowedAt_ms = this.#context.clock.monotonicMs() + delay_ms;
    this.#context.startTimer('start_again', delay_ms, { type: 'start_again' });
  }

  #unkillable(workerId: string): void {
    const slot = this.#state.slots.get(workerId);
    if (slot === undefined) return;
    slot.phase = 'unkillable';
    slot.aside = true;
    const { maxUnkillable } = this.#deps.limits;
    const stuck = [...this.#state.slots.values()].filter(({ phase }) => phase === 'unkillable').length;
    if (slot.lease === undefined || stuck <= maxUnkillable) return;
    const finding = { reason: 'unkillable', limit: maxUnkillable, measured: stuck } as const;
    this.#deps.judge.stop(slot.lease, 'deny', finding);
  }

  #cancel(requestId: string): void {
    const waiting = this.#state.queues.remove(requestId);
    if (waiting !== undefined) return refuse(waiting, 'cancelled', 'The query was cancelled before it ran.');
    this.#slotOfRequest(requestId)?.ref.tell({ type: 'cancel' });
  }

  #slotOfRequest(requestId: string): Slot | undefined {
    return [...this.#state.slots.values()].find((slot) => slot.request?.requestId === requestId);
  }

  /** Keeps one warm worker for a while, and no more than the work needs. */
  #retireIdle(): void {
    const { spares, idle_ms, lastIdle_ms } = this.#deps.limits;
    const now_ms = this.#context.clock.monotonicMs();
    const idle = [...this.#state.slots.values()].filter((slot) => slot.phase === 'idle');
    idle.slice(spares).forEach((slot, index) => {
      const patience_ms = index === 0 ? lastIdle_ms : idle_ms;
      if (now_ms - slot.idleSince_ms >= patience_ms) this.#end(slot, 'idle');
    });
    this.#context.startTimer('retire', idle_ms, { type: 'retire_idle' });
  }
}

const refuse = (request: RunRequest, reason: QueryFailureReason, message: string): void =>
  request.listener.done(failed(reason, message));
