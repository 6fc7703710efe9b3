import type { WorkerProcess } from '../../../platform/process-host.ts';
import type { SampleFailure } from '../../../platform/sampler.ts';
import type { Judgement } from '../../../policies/judgement.ts';
import type { EvidencePoint } from '../../../protocol/evidence.ts';
import type { ExtensionWaits } from '../../../protocol/extension/waits.ts';
import type { Lease } from '../../../protocol/lease.ts';
import { ok, type Result } from '../../../protocol/result.ts';
import type { Sample } from '../../../protocol/sample.ts';
import { Brake } from '../../watchdog/brake.ts';
import { openWatch, type Watch, type WatchDeps } from '../../watchdog/watch.ts';
import type { RunListener } from '../run-request.ts';

/** A run in progress on a worker: its lease, who waits for it, and the two that hold it to its budget. */
export class Run {
  readonly lease: Lease;
  readonly listener: RunListener;
  readonly #watch: Watch;
  readonly #brake: Brake;
  result_bytes = 0;
  /** What the worker said of extensions that it waits for; undefined while it has nothing to say. */
  waits: ExtensionWaits | undefined;

  constructor(lease: Lease, listener: RunListener, watch: Watch, brake: Brake) {
    this.lease = lease;
    this.listener = listener;
    this.#watch = watch;
    this.#brake = brake;
  }

  /** Whether the worker stands still: then there is nothing to look at, it is to be let go on. */
  get isStopped(): boolean {
    return this.#brake.isStopped;
  }

  /** Lets a worker that stands still go on. Milliseconds until the next look. */
  release(now_ms: number): number {
    return this.#soonest_ms(this.#brake.release(now_ms), now_ms);
  }

  /** Takes a sample and judges it. */
  look(now_ms: number): Judgement {
    return this.#watch.look(now_ms, this.#brake.held_ms);
  }

  /** Stops the worker if it has used up its share. Milliseconds until the next look. */
  next_ms(now_ms: number): number {
    const byBrake_ms = this.#brake.look(this.#watch.lastSample(), now_ms);
    return this.#brake.isStopped ? byBrake_ms : this.#soonest_ms(byBrake_ms, now_ms);
  }

  #soonest_ms(byBrake_ms: number, now_ms: number): number {
    return Math.min(byBrake_ms, this.#watch.next_ms(now_ms, this.#brake.held_ms));
  }

  /** The share of one core that the run wants, in percent; undefined while it is not held back. */
  get throttledAt_percent(): number | undefined {
    return this.#brake.wanted_percent(this.#watch.lastSample());
  }

  /** The supervisor stopped reading: from here on the worker waits for us. */
  blocked(now_ms: number): void {
    this.#watch.blocked(now_ms);
  }

  unblocked(now_ms: number): void {
    this.#watch.unblocked(now_ms);
  }

  lastSample(): Sample {
    return this.#watch.lastSample();
  }

  growth_bytes(): number {
    return this.#watch.growth_bytes();
  }

  /** Takes a last sample for the evidence, as far as the process is still there. */
  glance(): void {
    this.#watch.glance();
  }

  points(): readonly EvidencePoint[] {
    return this.#watch.points();
  }

  /** The run is over, or its worker is about to be killed. */
  close(): void {
    this.#brake.close();
    this.#watch.close();
  }
}

/** Begins a run on a worker that is idle; what the worker is now is the run's baseline. */
export const openRun = (
  process: WorkerProcess,
  lease: Lease,
  listener: RunListener,
  deps: WatchDeps,
): Result<Run, SampleFailure> => {
  const watch = openWatch(lease, deps);
  if (!watch.ok) return watch;
  const brake = new Brake(process, lease.budget, watch.value.lastSample());
  return ok(new Run(lease, listener, watch.value, brake));
};
