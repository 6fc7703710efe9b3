import type { Behaviour, Context } from '../../actors/types.ts';
import type { GuardStore } from '../../platform/guard-store.ts';
import type { Lane, Lease } from '../../protocol/lease.ts';
import type { QueryFailureReason } from '../../protocol/run.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import type { Denylist } from '../denylist/denylist.ts';
import { Fleet, type FleetDeps } from './fleet.ts';
import type { HeldBack } from './held-back.ts';
import { LaneQueues, laneOrder } from './lanes.ts';
import type { LeaseEnd, WorkforceMessage } from './messages.ts';
import { NetQueries } from './net-queries.ts';
import { failed } from './run-end.ts';
import type { RunRequest } from './run-request.ts';
import type { Slot, Wanted } from './slots.ts';

/** What the workforce needs. */
export interface WorkforceDeps extends FleetDeps {
  readonly store: GuardStore;
  readonly denylist: Denylist;
  readonly heldBack: HeldBack;
}

interface State {
  readonly queues: LaneQueues;
  readonly fleet: Fleet;
  readonly netQueries: NetQueries;
}

/** A hash has 64 characters, so what is remembered stays below a megabyte. */
const rememberedNetQueries = 4_096;

/**
 * Gives queries to workers: admission by the denylist, lanes, leases, and as many processes as the work needs.
 * A lease is in the store before its query is sent. A query that turns out to need a socket gets a second lease in a
 * worker that may open one, and goes there at once from then on.
 */
export const workforce = (deps: WorkforceDeps): Behaviour<WorkforceMessage, State> => ({
  init: (context) => ({
    queues: new LaneQueues(deps.limits.maxQueued),
    fleet: new Fleet(deps, context),
    netQueries: new NetQueries(rememberedNetQueries),
  }),
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
        this.#state.fleet.slots.ofRequest(message.requestId)?.ref.tell({ type: 'resume' });
        return;
      case 'worker_ready':
        this.#state.fleet.ready(message.workerId);
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
        this.#state.fleet.ended(message.workerId, message.before_ready);
        this.#refuseWithoutWorkers();
        return this.#pump();
      case 'start_again':
        return this.#pump();
      case 'refill':
        return this.#state.fleet.refill();
      case 'retire_idle':
        return this.#state.fleet.retireIdle();
    }
  }

  /** Who waits for a single answer learns that none will come. */
  #refuseWithoutWorkers(): void {
    const { failedStarts } = this.#state.fleet;
    if (failedStarts < (this.#deps.limits.failedStartsMost ?? Number.POSITIVE_INFINITY)) return;
    for (const request of this.#state.queues.drain()) {
      refuse(request, 'worker_died', `No worker could be started, ${failedStarts} times in a row.`);
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
    this.#state.fleet.start(wanted);
    this.#state.fleet.refillSoon();
  }

  #roomIn(lane: Lane): number {
    return Math.max(0, this.#deps.limits.concurrency[lane] - this.#state.fleet.slots.held(lane));
  }

  /** The idle worker for the next request of a lane. Who lacks a worker is overtaken by who needs another kind. */
  #nextSlot(lane: Lane): Slot | undefined {
    if (this.#roomIn(lane) === 0) return undefined;
    for (const profile of this.#state.queues.profiles(lane)) {
      const slot = this.#state.fleet.slots.idle(wantedIn(lane, profile));
      if (slot !== undefined || this.#isShutOut(profile)) return slot;
    }
    return undefined;
  }

  /** In a full house a request whose kind of worker nobody makes room for would be overtaken for ever. */
  #isShutOut(profile: WorkerProfile): boolean {
    const { slots } = this.#state.fleet;
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
    if (process === undefined) {
      // It is gone, and the word of that is on its way.
      slot.phase = 'ending';
      return this.#beginElsewhere(request, false);
    }
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
    const slot = this.#state.fleet.slots.get(workerId);
    if (slot?.lease?.leaseId !== leaseId || slot.request?.lane === 'probation') return;
    slot.aside = true;
  }

  #leaseEnded(workerId: string, leaseId: string, end: LeaseEnd): void {
    const slot = this.#state.fleet.slots.get(workerId);
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
    if (end.how === 'not_begun' && request !== undefined) this.#beginElsewhere(request, cancelled);
    if (slot.phase !== 'leased') return;
    if (end.worker === 'idle') return this.#state.fleet.idle(slot);
    if (end.worker === 'recycle') return this.#state.fleet.end(slot, 'recycled');
    slot.phase = 'ending';
  }

  /** Nothing ran: the query waits for a worker that may open sockets, before all others, as it has waited already. */
  #moveToNet(request: RunRequest, cancelled: boolean): void {
    this.#state.netQueries.learn(request.sqlHash);
    if (cancelled) return refuse(request, 'cancelled', 'The query was cancelled before it ran.');
    this.#state.queues.putBack(request, 'net');
  }

  /** That a worker was gone before the query began is no fault of the query: another one gets it, within reason. */
  #beginElsewhere(request: RunRequest, cancelled: boolean): void {
    if (cancelled) return refuse(request, 'cancelled', 'The query was cancelled before it ran.');
    const lostWorkers = (request.lostWorkers ?? 0) + 1;
    // All that there are may be lost at once. More in a row: this host lets no worker live.
    if (lostWorkers <= this.#deps.limits.maxWorkers)
      return this.#state.queues.putBack({ ...request, lostWorkers }, this.#profileOf(request));
    refuse(
      request,
      'worker_died',
      `${lostWorkers} workers in a row were gone before the query could begin, so it did not run. The log says how each ended.`,
    );
  }

  /** A query that kills workers waits by itself, so that the others always find one. */
  #remember(lease: Lease, end: LeaseEnd): void {
    const { clock, random } = this.#context;
    // One that was ended before its time, or never began, shows nothing of what it would have done.
    if (end.how === 'needs_net' || end.how === 'not_begun' || end.how === 'cancelled') return;
    if (end.how !== 'crashed') return this.#deps.heldBack.survived(lease);
    const now = { ms: clock.monotonicMs(), unix_ms: clock.unixMs() };
    this.#deps.heldBack.died(lease, now, random.fraction());
  }

  #unkillable(workerId: string): void {
    const slot = this.#state.fleet.slots.get(workerId);
    if (slot === undefined) return;
    slot.phase = 'unkillable';
    slot.aside = true;
    const { maxUnkillable } = this.#deps.limits;
    const stuck = this.#state.fleet.slots.in('unkillable').length;
    if (slot.lease === undefined || stuck <= maxUnkillable) return;
    const finding = { reason: 'unkillable', limit: maxUnkillable, measured: stuck } as const;
    this.#deps.judge.stop(slot.lease, 'deny', finding);
  }

  #cancel(requestId: string): void {
    const waiting = this.#state.queues.remove(requestId);
    if (waiting !== undefined) return refuse(waiting, 'cancelled', 'The query was cancelled before it ran.');
    const slot = this.#state.fleet.slots.ofRequest(requestId);
    if (slot === undefined) return;
    // The worker's word that it needs a socket may be on its way: then this is all that is left of the wish.
    slot.cancelled = true;
    slot.ref.tell({ type: 'cancel' });
  }
}

const wantedIn = (lane: Lane, profile: WorkerProfile): Wanted => ({ profile, fresh: lane === 'probation' });

const refuse = (request: RunRequest, reason: QueryFailureReason, message: string): void =>
  request.listener.done(failed(reason, message));
