import type { RunObservation } from './judge-sample.ts';
import { graceOf_ms, type Judgement, within } from './judgement.ts';

/** Time that a run has used of its `wall_ms`: since the grant, without what the supervisor made it wait. */
export const running_ms = (run: { grantedAt_ms: number; blocked_ms: number }, now_ms: number): number =>
  now_ms - run.grantedAt_ms - run.blocked_ms;

/** Looks are this far apart at most. One that is later than planned by more was held up. */
const lateLook_ms = 100;

/** Was the guard held up? Then it has not heard yet what the worker said meanwhile. */
export const isLate = (late_ms: number): boolean => late_ms > lateLook_ms;

/** The deadline of a run. At a late look it may be done long ago: the next look decides. */
export const judgeWall = (run: RunObservation, now_ms: number): Judgement => {
  if (isLate(run.late_ms)) return within;
  const limit = run.budget.wall_ms;
  const measured = running_ms(run, now_ms);
  return measured > limit + graceOf_ms(limit) ? { kind: 'kill', reason: 'wall_ms', limit, measured } : within;
};
