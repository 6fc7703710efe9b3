import type { WorkerProcess } from '../../../platform/process-host.ts';
import { mustRecycle } from '../../../policies/recycle.ts';
import type { Lease } from '../../../protocol/lease.ts';
import type { FromWorker } from '../../../protocol/worker-messages.ts';
import type { LeaseEnd } from '../messages.ts';
import { engineStop } from '../run-end.ts';
import type { RunListener } from '../run-request.ts';
import { configNews } from '../told-config.ts';
import { extensionNews } from '../told-extensions.ts';
import { blameExtension, killFailed, killForVerdict, killLate } from './end.ts';
import { lateByExtension, lateWhenDone } from './extension-end.ts';
import { openRun, type Run } from './run.ts';
import { endLease, type State, type Turn } from './turn.ts';

/** Nothing of the lease ran, and nobody was told anything. */
export const notBegun: LeaseEnd = { how: 'not_begun', worker: 'gone' };

/** A query begins on the idle process. */
export const beginLease = (
  turn: Turn,
  process: WorkerProcess,
  lease: Lease,
  listener: RunListener,
): State => {
  const opened = openRun(process, lease, listener, turn.deps);
  if (!opened.ok) {
    // The process went between `ready` and now; its exit message follows.
    endLease(turn, lease, notBegun);
    return killFailed(turn, process, 'died');
  }
  const run = opened.value;
  turn.deps.roster.update(turn.workerId, { state: 'leased', lease });
  listener.started?.(lease);
  const told = turn.deps.extensions.attached;
  const now_ms = turn.context.clock.monotonicMs();
  for (const news of extensionNews(turn.state.told, told, now_ms)) process.send(news);
  const toldTables = turn.deps.configTables.tables;
  for (const news of configNews(turn.state.toldTables, toldTables)) process.send(news);
  const trace = listener.wantsTrace === true ? ({ trace: true } as const) : {};
  process.send({ type: 'query', leaseId: lease.leaseId, sql: lease.sql, budget: lease.budget, ...trace });
  lookAgain(turn, run);
  return { ...turn.state, phase: { name: 'leased', run }, told, toldTables };
};

/** A look at the run is due. */
export const lookAtRun = (turn: Turn, process: WorkerProcess, run: Run): State => {
  if (run.isStopped) {
    turn.context.startTimer('sample', run.release(turn.context.clock.monotonicMs()), { type: 'sample' });
    return turn.state;
  }
  const judgement = run.look(turn.context.clock.monotonicMs());
  turn.deps.roster.update(turn.workerId, { lastSample: run.lastSample() });
  if (judgement.kind === 'kill') {
    const late =
      judgement.reason === 'wall_ms'
        ? lateByExtension(run.waits, run.lease, judgement.measured, turn.state.told)
        : undefined;
    if (late !== undefined) return killLate(turn, process, run, late);
    const verdict = turn.deps.judge.stop(run.lease, 'kill', judgement, run.points());
    return killForVerdict(turn, process, run, verdict);
  }
  turn.deps.judge.goesOn();
  lookAgain(turn, run);
  return turn.state;
};

const lookAgain = (turn: Turn, run: Run): void => {
  turn.context.startTimer('sample', run.next_ms(turn.context.clock.monotonicMs()), { type: 'sample' });
  const measured = run.throttledAt_percent;
  if (measured !== undefined) turn.deps.judge.throttled(run.lease, measured, run);
};

/** Rows came: to the asker, up to the cap. */
export const takeRows = (turn: Turn, process: WorkerProcess, run: Run, payload: Buffer): State => {
  run.result_bytes += payload.length;
  const limit_bytes = run.lease.budget.result_mb * 2 ** 20;
  if (run.result_bytes > limit_bytes + payload.length) {
    // The worker caps its own result; one that does not is not to be trusted with the supervisor's memory.
    const limit = run.lease.budget.result_mb;
    const finding = { reason: 'result_mb', limit, measured: run.result_bytes / 2 ** 20 } as const;
    run.glance();
    const verdict = turn.deps.judge.stop(run.lease, 'kill', finding, run.points());
    return killForVerdict(turn, process, run, verdict);
  }
  if (run.listener.rows(payload) === 'wait') {
    process.pauseReading();
    run.blocked(turn.context.clock.monotonicMs());
  }
  return turn.state;
};

/** The worker told the end of its query: how it is judged, and what its asker gets. */
export const runIsDone = (
  turn: Turn,
  process: WorkerProcess,
  run: Run,
  message: Extract<FromWorker, { type: 'done' }>,
): State => {
  turn.context.cancelTimer('sample');
  // An asker that said `wait` at the last rows has nothing left to resume: the next query must be heard.
  process.resumeReading();
  const late = lateWhenDone(message, run.lease, turn.state.told);
  const failure = late?.failure ?? message.failure;
  const { cost, warnings } = message;
  const recycle =
    mustRecycle({ retained_bytes: message.retained_bytes }) || failure?.reason === 'out_of_memory';
  const stop = engineStop(failure, run.lease);
  if (late !== undefined) blameExtension(turn, run, late);
  if (stop === undefined) turn.deps.judge.passed(run.lease);
  else {
    run.glance();
    turn.deps.judge.stop(run.lease, 'fail', stop, run.points());
  }
  const how = stop !== undefined ? 'judged' : failure !== undefined ? 'failed' : 'finished';
  const idle = leaseOver(turn, run, { how, worker: recycle ? 'recycle' : 'idle' });
  const trace = message.trace === undefined ? {} : { trace: message.trace };
  run.listener.done({ cost, warnings, ...trace, ...(failure === undefined ? {} : { failure }) });
  return idle;
};

/** Nothing ran, so nothing is judged, and nobody is told: the query gets another lease. */
export const runNeedsNet = (turn: Turn, run: Run, retained_bytes: number): State => {
  turn.context.cancelTimer('sample');
  const worker = mustRecycle({ retained_bytes }) ? 'recycle' : 'idle';
  return leaseOver(turn, run, { how: 'needs_net', worker });
};

/** The worker told the end of its lease and lives. */
const leaseOver = (turn: Turn, run: Run, end: LeaseEnd): State => {
  run.close();
  turn.deps.roster.update(turn.workerId, {
    state: 'idle',
    lease: undefined,
    lastSample: run.lastSample(),
  });
  endLease(turn, run.lease, end);
  return { ...turn.state, phase: { name: 'idle' } };
};
