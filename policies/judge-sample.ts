import type { Budget } from '../protocol/budget.ts';
import type { ProcessIdentity, Sample } from '../protocol/sample.ts';
import { judgeCpuBudget } from './cpu-budget.ts';
import { judgeCpuWindow } from './cpu-window.ts';
import type { Judgement } from './judgement.ts';
import { judgeMemory } from './memory.ts';
import { judgeReads } from './read-budget.ts';
import { judgeWall } from './wall.ts';

/** What is known about a run when a sample is judged. */
export interface RunObservation {
  readonly budget: Budget;
  /** The worker when the lease was granted: growth and CPU are counted from here. */
  readonly baseline: Sample;
  /** Samples of the last `cpu_window_ms` and the one before, oldest first; the last one is judged. */
  readonly samples: readonly Sample[];
  /** Bytes that the worker read since the baseline, if the kernel tells. */
  readonly read_bytes: number | undefined;
  readonly grantedAt_ms: number;
  /** Time that the worker was blocked because the supervisor did not read, or held back by its throttle: not its own. */
  readonly blocked_ms: number;
  /** Monotonic milliseconds before which `cpu_percent` stops nobody; undefined: from the first sample. */
  readonly cpuPercentFrom_ms?: number | undefined;
  /**
   * By how much this look is later than it was planned; 0 after a late one past the deadline: whatever waited to be
   * heard was heard in between, and on a host where every look is late a deadline holds all the same.
   */
  readonly late_ms: number;
}

/**
 * One look at a run. Memory comes first: it is what hurts the host soonest. A sample of another process (the pid
 * was reused) is never held against the lease.
 */
export const judgeSample = (run: RunObservation, now_ms: number): Judgement => {
  const last = run.samples.at(-1);
  if (last === undefined || !sameProcess(last, run.baseline)) return { kind: 'within' };
  for (const judge of [judgeMemory, judgeCpuBudget, judgeCpuWindow, judgeReads]) {
    const judgement = judge(run, last);
    if (judgement.kind === 'kill') return judgement;
  }
  return judgeWall(run, now_ms);
};

/** A pid is given to another process once its owner is gone; with its start time it is one process for ever. */
export const sameProcess = (one: ProcessIdentity, other: ProcessIdentity): boolean =>
  one.pid === other.pid && one.startTicks === other.startTicks;
