import type { Context } from '../../actors/types.ts';
import { startBackoff_ms } from '../../policies/restart-backoff.ts';
import type { WorkerExitCause } from '../../protocol/worker-exit.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import type { WorkforceLimits } from './lanes.ts';
import type { WorkforceMessage } from './messages.ts';
import { planStarts } from './plan-starts.ts';
import { type Slot, Slots, suits, type Wanted } from './slots.ts';
import type { WorkerDeps } from './worker/turn.ts';
import { workerActor } from './worker/worker-actor.ts';

/** Starting a process holds this loop up for milliseconds: a spare lets the query go first that took the last one. */
const refillAfter_ms = 50;

/** What starts workers need, and how many there may be. */
export interface FleetDeps extends WorkerDeps {
  readonly limits: WorkforceLimits;
}

/** The worker processes: as many as the work needs, started with a back-off, spares among them, let go when idle. */
export class Fleet {
  readonly slots: Slots = new Slots();
  readonly #deps: FleetDeps;
  readonly #context: Context<WorkforceMessage>;
  /** Starts in a row that did not reach `ready`, and what the last of them was to be. */
  #failedStarts = 0;
  #lastFailed: WorkerProfile | undefined;
  #startsAllowedAt_ms = 0;
  /** Spares are missing, and a timer will start them. */
  #refillIsDue = false;
  #nextWorker = 1;

  constructor(deps: FleetDeps, context: Context<WorkforceMessage>) {
    this.#deps = deps;
    this.#context = context;
    this.#retireSoon();
  }

  /** Starts what is wanted, not before the back-off is over, and makes room for it in a full house. */
  start(wanted: readonly Wanted[]): void {
    this.#start(wanted, 0);
  }

  #start(wanted: readonly Wanted[], missingSpares: number): void {
    const { slots } = this;
    if (this.#context.clock.monotonicMs() < this.#startsAllowedAt_ms) return;
    const { start, lacking } = planStarts({
      wanted,
      missingSpares,
      starting: { pure: slots.in('starting', 'pure').length, net: slots.in('starting', 'net').length },
      room: this.#deps.limits.maxWorkers - slots.size,
      failedStarts: this.#failedStarts,
      lastFailed: this.#lastFailed,
    });
    for (const profile of start) this.#fork(profile);
    for (const each of lacking.slice(slots.in('ending').length)) this.#makeRoom(each);
  }

  /** Ends an idle worker that cannot take the request, so that one that can be started. */
  #makeRoom(wanted: Wanted): void {
    const idle = this.slots.in('idle').find((slot) => !suits(slot, wanted));
    if (idle !== undefined) this.end(idle, 'made_room');
  }

  #fork(profile: WorkerProfile): void {
    const workerId = `worker-${this.#nextWorker}`;
    this.#nextWorker += 1;
    const behaviour = workerActor(workerId, profile, this.#context.self, this.#deps);
    this.slots.add({
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

  /** Starts that failed since one succeeded. */
  get failedStarts(): number {
    return this.#failedStarts;
  }

  /** It answered: from now on it can be given queries. */
  ready(workerId: string): void {
    const slot = this.slots.get(workerId);
    if (slot?.phase !== 'starting') return;
    this.#failedStarts = 0;
    this.idle(slot);
  }

  /** It runs nothing. */
  idle(slot: Slot): void {
    slot.phase = 'idle';
    slot.idleSince_ms = this.#context.clock.monotonicMs();
  }

  /** Sees to it that spares that are missing are started. */
  refillSoon(): void {
    if (this.#refillIsDue || this.#missingSpares() === 0) return;
    this.#refillIsDue = true;
    this.#context.startTimer('refill', refillAfter_ms, { type: 'refill' });
  }

  /** The time for spares has come. */
  refill(): void {
    this.#refillIsDue = false;
    this.#start([], this.#missingSpares());
  }

  /** Spares are pure: most queries are. */
  #missingSpares(): number {
    return Math.max(0, this.#deps.limits.spares - this.slots.in('idle', 'pure').length);
  }

  /** Tells a worker to go. */
  end(slot: Slot, cause: WorkerExitCause): void {
    slot.phase = 'ending';
    slot.ref.tell({ type: 'retire', cause });
  }

  /** Its process is gone. After a start that did not reach `ready` the next one waits. */
  ended(workerId: string, before_ready: boolean): void {
    const profile = this.slots.get(workerId)?.profile;
    this.slots.delete(workerId);
    if (!before_ready) return;
    this.#failedStarts += 1;
    this.#lastFailed = profile;
    const delay_ms = startBackoff_ms(
      this.#failedStarts,
      this.#context.random.fraction(),
      this.#deps.limits.longestBackoff_ms,
    );
    this.#startsAllowedAt_ms = this.#context.clock.monotonicMs() + delay_ms;
    this.#context.startTimer('start_again', delay_ms, { type: 'start_again' });
  }

  /** Keeps one warm worker for a while, and no more than the work needs. */
  retireIdle(): void {
    const { spares, idle_ms, lastIdle_ms } = this.#deps.limits;
    const now_ms = this.#context.clock.monotonicMs();
    const { slots } = this;
    const retire = (slot: Slot, patience_ms: number): void => {
      if (now_ms - slot.idleSince_ms >= patience_ms) this.end(slot, 'idle');
    };
    slots
      .in('idle', 'pure')
      .slice(spares)
      .forEach((slot, index) => {
        retire(slot, index === 0 ? lastIdle_ms : idle_ms);
      });
    // One that may open sockets is not kept warm: few queries need it.
    for (const slot of slots.in('idle', 'net')) retire(slot, idle_ms);
    this.#retireSoon();
  }

  #retireSoon(): void {
    this.#context.startTimer('retire', this.#deps.limits.idle_ms, { type: 'retire_idle' });
  }
}
