import type { Sample } from '../protocol/sample.ts';
import type { RunObservation } from './judge-sample.ts';
import { graceOf_ms, type Judgement, within } from './judgement.ts';

/** CPU time of the lease. Accumulated time is absolute, so a gap between samples changes nothing. */
export const judgeCpuBudget = (run: RunObservation, last: Sample): Judgement => {
  const limit = run.budget.cpu_ms;
  const measured = last.cpu_ms - run.baseline.cpu_ms;
  return measured > limit + graceOf_ms(limit) ? { kind: 'kill', reason: 'cpu_ms', limit, measured } : within;
};
