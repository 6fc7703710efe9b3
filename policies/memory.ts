import type { Sample } from '../protocol/sample.ts';
import type { RunObservation } from './judge-sample.ts';
import { type Judgement, killIfOver } from './judgement.ts';

/** Bytes that the run added to its worker; shrinking below the baseline counts as nothing. */
export const growth_bytes = (baseline: Sample, sample: Sample): number =>
  Math.max(0, sample.private_bytes - baseline.private_bytes);

/** Growth of private memory over this worker's own baseline. There is no grace: memory does not wait. */
export const judgeMemory = (run: RunObservation, last: Sample): Judgement => {
  const grown_mb = growth_bytes(run.baseline, last) / 2 ** 20;
  return killIfOver('memory_mb', grown_mb, run.budget.memory_mb);
};
