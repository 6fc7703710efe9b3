import type { WorkerProcess } from '../../platform/process-host.ts';
import { kernelLimits } from '../../policies/kernel-limits.ts';
import { openAccount, settle, type ThrottleAccount, throttleStep } from '../../policies/throttle.ts';
import type { Budget } from '../../protocol/budget.ts';
import type { Sample } from '../../protocol/sample.ts';

/** What the brake acts on. */
type Braked = Pick<WorkerProcess, 'limit' | 'throttled_ms' | 'suspend' | 'resume'>;

/** A run under a CPU quota of the kernel needs no look of its own at what it uses. */
const noLook_ms = Number.POSITIVE_INFINITY;

/**
 * Holds one run to its `throttle_percent`: by a quota of the kernel where the worker has a cgroup, else by stopping
 * and continuing the worker. Sets the kernel's memory limit along with it.
 */
export class Brake {
  readonly #process: Braked;
  readonly #budget: Budget;
  readonly #first: Sample;
  readonly #byKernel: boolean;
  readonly #kernelBefore_ms: number;
  #account: ThrottleAccount;
  #held_ms = 0;
  #stoppedSince_ms: number | undefined;

  constructor(process: Braked, budget: Budget, baseline: Sample) {
    this.#process = process;
    this.#budget = budget;
    this.#first = baseline;
    this.#account = openAccount(baseline);
    this.#byKernel = process.limit(kernelLimits(budget)).cpu;
    this.#kernelBefore_ms = this.#isOn ? process.throttled_ms() : 0;
  }

  get isStopped(): boolean {
    return this.#stoppedSince_ms !== undefined;
  }

  /** Takes account of a sample, and stops the worker when it has used up its share. Milliseconds to the next look. */
  look(sample: Sample, now_ms: number): number {
    if (!this.#isOn) return noLook_ms;
    if (this.#byKernel) {
      this.#held_ms = this.#process.throttled_ms() - this.#kernelBefore_ms;
      return noLook_ms;
    }
    this.#account = settle(this.#account, sample, this.#budget.throttle_percent);
    const step = throttleStep(this.#account, this.#budget.throttle_percent);
    if (step.kind === 'stop') {
      this.#process.suspend();
      this.#stoppedSince_ms = now_ms;
    }
    return step.for_ms;
  }

  /** A stop is over: the worker goes on with what it has earned. Milliseconds to the next look. */
  release(now_ms: number): number {
    this.#held_ms += now_ms - (this.#stoppedSince_ms ?? now_ms);
    this.#stoppedSince_ms = undefined;
    this.#process.resume();
    const { throttle_percent } = this.#budget;
    this.#account = settle(this.#account, { cpu_ms: this.#account.cpu_ms, at_ms: now_ms }, throttle_percent);
    return throttleStep(this.#account, throttle_percent).for_ms;
  }

  /** Time that the worker stood still for the brake up to the last look; not the query's own. */
  get held_ms(): number {
    return this.#held_ms;
  }

  /**
   * The share of one core that the run took while it was let run, one whole core at most; undefined when the brake
   * had nothing to do. The kernel adds up what it held back on every CPU, so that can be more than the time that
   * went by.
   */
  wanted_percent(last: Sample): number | undefined {
    if (this.#held_ms <= 0 && !this.isStopped) return undefined;
    const used_ms = last.cpu_ms - this.#first.cpu_ms;
    const ran_ms = Math.max(1, used_ms, last.at_ms - this.#first.at_ms - this.#held_ms);
    const wanted = (used_ms / ran_ms) * 100;
    // To a guard that looks late, time at which the run was long done counts as time at which it wanted nothing.
    return wanted > this.#budget.throttle_percent ? wanted : undefined;
  }

  /** The run is over, or is to be ended: its death must not wait for the share either. */
  close(): void {
    if (this.isStopped) this.#process.resume();
    this.#stoppedSince_ms = undefined;
    if (this.#isOn && this.#byKernel) this.#process.limit({ ...kernelLimits(this.#budget), cpu_percent: 0 });
  }

  get #isOn(): boolean {
    return this.#budget.throttle_percent > 0;
  }
}
