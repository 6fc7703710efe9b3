import type { Sample } from '../protocol/sample.ts';
import type { RunObservation } from './judge-sample.ts';
import { type Judgement, killIfOver, within } from './judgement.ts';

/**
 * What else a worker reads besides the files of its tables (its channel, /proc re-reads that the door counts once).
 * The door stops the query at the budget itself; this is the bound for a read that never returns to it.
 */
const slack_mb = 64;

/** Bytes read by the process since the lease began. */
export const judgeReads = (run: RunObservation, _last: Sample): Judgement => {
  if (run.read_bytes === undefined) return within;
  const measured = run.read_bytes / 2 ** 20;
  const judged = killIfOver('read_mb', measured, run.budget.read_mb + slack_mb);
  return judged.kind === 'kill' ? { ...judged, limit: run.budget.read_mb } : judged;
};
