import type { Behaviour, Context } from '../../actors/types.ts';
import type { GuardStore } from '../../platform/guard-store.ts';
import { startBackoff_ms } from '../../policies/restart-backoff.ts';
import type { Lane, Lease } from '../../protocol/lease.ts';
import type { QueryFailureReason } from '../../protocol/run.ts';
import type { WorkerExitCause } from '../../protocol/worker-exit.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import type { Denylist } from '../denylist/denylist.ts';
import type { HeldBack } from './held-back.ts';
import { LaneQueues, laneOrder, type WorkforceLimits } from './lanes.ts';
import type { LeaseEnd, WorkforceMessage } from './messages.ts';
import { NetQueries } from './net-queries.ts';
import { planStarts } from './plan-starts.ts';
import { failed } from './run-end.ts';
import type { RunRequest } from './run-request.ts';
import { type Slot, Slots, suits, type Wanted } from './slots.ts';
import type { WorkerDeps } from './worker/turn.ts';
import { workerActor } from './worker/worker-actor.ts';

/** What the workforce needs. */
export interface WorkforceDeps extends WorkerDeps {
  readonly store: GuardStore;
  readonly denylist: Denylist;
  readonly heldBack: HeldBack;
  readonly limits: WorkforceLimits;
}

interface State {
  readonly queues: LaneQueues;
  readonly slots: Slots;
  readonly netQueries: NetQueries;
  /** Starts in a row that did not reach `ready`, and what the last of them was to be. */
  failedStarts: number;
  lastFailed: WorkerProfile | undefined;
  startsAllowedAt_ms: number;
  /** Spares are missing, and a timer will start them. */
  refillIsDue: boolean;
  nextWorker: number;
}

/** Starting a process holds this loop up for milliseconds: a spare lets the query go first that took the last one. */
const refillAfter_ms = 50;

/** A hash has 64 characters, so what is remembered stays below a megabyte. */
const rememberedNetQueries = 4_096;

/**
 * Gives queries to workers: admission by the denylist, lanes, leases, and as many processes as the work needs.
 * A lease is in the store before its query is sent. A query that turns out to need a socket gets a second lease in a
 * worker that may open one, and goes there at once from then on.
 */
export const workforce = (deps: WorkforceDeps): Behaviour<WorkforceMessage, State> => ({
  init: (context) => {
    context.startTimer('retire', deps.limits.idle_ms, { type: 'retire_idle' });
    return {
      queues: new LaneQueues(deps.limits.maxQueued),
      slots: new Slots(),
      netQueries: new NetQueries(rememberedNetQueries),
      failedStarts: 0,
      lastFailed: undefined,
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
        this.#state.slots.ofRequest(message.requestId)?.ref.tell({ type: 'resume' });
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
        return this.#start([], this.#missingSpares());
      case 'retire_idle':
        return this.#retireIdle();
    }
  }

  #admit(request: RunRequest): void {
    const admitted = this.#admitted(request);
    if (admitted !== undefined) this.#enqueue(admitted);
  }

  #enqueue(request: RunRequest): void {
    if (this.#state.queues.push(request, this.#profileOf(request))) return;
    const { maxQueued } = this.#deps.limits;
    refuse(request, 'overloaded', `More than ${maxQueued} queries wait in lane '${request.lane}'.`);
  }

  /** In one step: a wish to cancel it that is on its way must find it waiting. Its new lane may have had its turn. */
  #changeLane(request: RunRequest): void {
    this.#enqueue(request);
    this.#context.self.tell({ type: 'start_again' });
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

  #profileOf({ sqlHash }: RunRequest): WorkerProfile {
    return this.#state.netQueries.has(sqlHash) ? 'net' : 'pure';
  }

  /** Serves every lane that has room; asks for a process where only that is missing. */
  #pump(): void {
    const wanted: Wanted[] = [];
    for (const lane of laneOrder) {
      for (let slot = this.#nextSlot(lane); slot !== undefined; slot = this.#nextSlot(lane)) {
        this.#serve(lane, slot);
      }
      const room = this.#roomIn(lane);
      for (const profile of this.#state.queues.profiles(lane)) {
        const count = Math.min(room, this.#state.queues.waiting(lane, profile));
        for (let each = 0; each < count; each += 1) wanted.push(wantedIn(lane, profile));
      }
    }
    this.#start(wanted);
    this.#refillSoon();
  }

  #refillSoon(): void {
    if (this.#state.refillIsDue || this.#missingSpares() === 0) return;
    this.#state.refillIsDue = true;
    this.#context.startTimer('refill', refillAfter_ms, { type: 'refill' });
  }

  /** Spares are pure: most queries are. */
  #missingSpares(): number {
    return Math.max(0, this.#deps.limits.spares - this.#state.slots.in('idle', 'pure').length);
  }

  #roomIn(lane: Lane): number {
    return Math.max(0, this.#deps.limits.concurrency[lane] - this.#state.slots.held(lane));
  }

  /** The idle worker for the next request of a lane. Who lacks a worker is overtaken by who needs another kind. */
  #nextSlot(lane: Lane): Slot | undefined {
    if (this.#roomIn(lane) === 0) return undefined;
    for (const profile of this.#state.queues.profiles(lane)) {
      const slot = this.#state.slots.idle(wantedIn(lane, profile));
      if (slot !== undefined || this.#isShutOut(profile)) return slot;
    }
    return undefined;
  }

  /** In a full house a request whose kind of worker nobody makes room for would be overtaken for ever. */
  #isShutOut(profile: WorkerProfile): boolean {
    const { slots } = this.#state;
    const isComing = slots.in('starting', profile).length + slots.in('ending').length > 0;
    return slots.size >= this.#deps.limits.maxWorkers && !isComing;
  }

  /**
   * While it waited, a query may have been denied, another run of it may have killed its worker, or told that it needs
   * a socket.
   */
  #serve(lane: Lane, slot: Slot): void {
    const request = this.#state.queues.shift(lane, slot.profile);
    const admitted = request === undefined ? undefined : this.#admitted(request);
    if (admitted === undefined) return;
    const profile = this.#profileOf(admitted);
    if (admitted.lane !== lane) this.#changeLane(admitted);
    else if (profile !== slot.profile) this.#state.queues.putBack(admitted, profile);
    else this.#grant(slot, admitted);
  }

  #grant(slot: Slot, request: RunRequest): void {
    const { clock, random } = this.#context;
    const { workerId } = slot;
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
    const queries = slot.queries + 1;
    Object.assign(slot, { phase: 'leased', request, lease, cancelled: false, aside: false, queries });
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

  /** Starts what is wanted, not before the back-off is over, and makes room for it in a full house. */
  #start(wanted: readonly Wanted[], missingSpares = 0): void {
    const { slots, failedStarts, lastFailed, startsAllowedAt_ms } = this.#state;
    const { maxWorkers } = this.#deps.limits;
    if (this.#context.clock.monotonicMs() < startsAllowedAt_ms) return;
    const { start, lacking } = planStarts({
      wanted,
      missingSpares,
      starting: { pure: slots.in('starting', 'pure').length, net: slots.in('starting', 'net').length },
      room: maxWorkers - slots.size,
      failedStarts,
      lastFailed,
    });
    for (const profile of start) this.#fork(profile);
    for (const each of lacking.slice(slots.in('ending').length)) this.#makeRoom(each);
  }

  /** Ends an idle worker that cannot take the request, so that one that can be started. */
  #makeRoom(wanted: Wanted): void {
    const idle = this.#state.slots.in('idle').find((slot) => !suits(slot, wanted));
    if (idle !== undefined) this.#end(idle, 'made_room');
  }

  #fork(profile: WorkerProfile): void {
    const workerId = `worker-${this.#state.nextWorker}`;
    this.#state.nextWorker += 1;
    const behaviour = workerActor(workerId, profile, this.#context.self, this.#deps);
    this.#state.slots.add({
      workerId,
      ref: this.#context.spawn(workerId, behaviour),
      profile,
      phase: 'starting',
      request: undefined,
      lease: undefined,
      cancelled: false,
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
    const { request, lease, cancelled } = slot;
    this.#context.cancelTimer(`slow:${workerId}`);
    const ended = this.#deps.store.endLease(leaseId);
    if (!ended.ok) this.#deps.log('error', `The end of a lease could not be stored: ${ended.error.message}`);
    Object.assign(slot, { request: undefined, lease: undefined, aside: false });
    this.#remember(lease, end);
    if (end.how === 'finished' && request?.lane === 'probation') {
      this.#deps.denylist.passed(lease.scope, lease.sqlHash, this.#context.clock.unixMs());
    }
    if (end.how === 'needs_net' && request !== undefined) this.#moveToNet(request, cancelled);
    if (slot.phase !== 'leased') return;
    if (end.worker === 'idle') return this.#becomeIdle(slot);
    if (end.worker === 'recycle') return this.#end(slot, 'recycled');
    slot.phase = 'ending';
  }

  /** Nothing ran: the query waits for a worker that may open sockets, before all others, as it has waited already. */
  #moveToNet(request: RunRequest, cancelled: boolean): void {
    this.#state.netQueries.learn(request.sqlHash);
    if (cancelled) return refuse(request, 'cancelled', 'The query was cancelled before it ran.');
    this.#state.queues.putBack(request, 'net');
  }

  /** A query that kills workers waits by itself, so that the others always find one. */
  #remember(lease: Lease, end: LeaseEnd): void {
    const { clock, random } = this.#context;
    // One that was ended before its time shows nothing of what it would have done.
    if (end.how === 'needs_net' || end.how === 'cancelled') return;
    if (end.how !== 'crashed') return this.#deps.heldBack.survived(lease);
    const now = { ms: clock.monotonicMs(), unix_ms: clock.unixMs() };
    this.#deps.heldBack.died(lease, now, random.fraction());
  }

  #end(slot: Slot, cause: WorkerExitCause): void {
    slot.phase = 'ending';
    slot.ref.tell({ type: 'retire', cause });
  }

  #workerEnded(workerId: string, before_ready: boolean): void {
    const profile = this.#state.slots.get(workerId)?.profile;
    this.#state.slots.delete(workerId);
    if (!before_ready) return;
    this.#state.failedStarts += 1;
    this.#state.lastFailed = profile;
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
    const stuck = this.#state.slots.in('unkillable').length;
    if (slot.lease === undefined || stuck <= maxUnkillable) return;
    const finding = { reason: 'unkillable', limit: maxUnkillable, measured: stuck } as const;
    this.#deps.judge.stop(slot.lease, 'deny', finding);
  }

  #cancel(requestId: string): void {
    const waiting = this.#state.queues.remove(requestId);
    if (waiting !== undefined) return refuse(waiting, 'cancelled', 'The query was cancelled before it ran.');
    const slot = this.#state.slots.ofRequest(requestId);
    if (slot === undefined) return;
    // The worker's word that it needs a socket may be on its way: then this is all that is left of the wish.
    slot.cancelled = true;
    slot.ref.tell({ type: 'cancel' });
  }

  /** Keeps one warm worker for a while, and no more than the work needs. */
  #retireIdle(): void {
    const { spares, idle_ms, lastIdle_ms } = this.#deps.limits;
    const now_ms = this.#context.clock.monotonicMs();
    const { slots } = this.#state;
    const retire = (slot: Slot, patience_ms: number): void => {
      if (now_ms - slot.idleSince_ms >= patience_ms) this.#end(slot, 'idle');
    };
    slots
      .in('idle', 'pure')
      .slice(spares)
      .forEach((slot, index) => {
        retire(slot, index === 0 ? lastIdle_ms : idle_ms);
      });
    // One that may open sockets is not kept warm: few queries need it.
    for (const slot of slots.in('idle', 'net')) retire(slot, idle_ms);
    this.#context.startTimer('retire', idle_ms, { type: 'retire_idle' });
  }
}

const wantedIn = (lane: Lane, profile: WorkerProfile): Wanted => ({ profile, fresh: lane === 'probation' });

const refuse = (request: RunRequest, reason: QueryFailureReason, message: string): void =>
  request.listener.done(failed(reason, message));
