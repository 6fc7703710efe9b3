import type { RunObservation } from './judge-sample.ts';
import { graceOf_ms, type Judgement, within } from './judgement.ts';

/** Time that a run has used of its `wall_ms`: since the grant, without what the supervisor made it wait. */
export const running_ms = (run: { grantedAt_ms: number; blocked_ms: number }, now_ms: number): number =>
  now_ms - run.grantedAt_ms - run.blocked_ms;

/** The deadline of a run. */
export const judgeWall = (run: RunObservation, now_ms: number): Judgement => {
  const limit = run.budget.wall_ms;
  const measured = running_ms(run, now_ms);
  return measured > limit + graceOf_ms(limit) ? { kind: 'kill', reason: 'wall_ms', limit, measured } : within;
};
