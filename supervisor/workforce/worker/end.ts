import type { WorkerExit, WorkerProcess } from '../../../platform/process-host.ts';
import type { Verdict } from '../../../protocol/verdict.ts';
import type { WorkerExitCause } from '../../../protocol/worker-exit.ts';
import { describeVerdict } from '../../watchdog/describe-verdict.ts';
import { describeExit, failed, lastLines } from '../run-end.ts';
import type { LateByExtension } from './extension-end.ts';
import type { Run } from './run.ts';
import { awaitExit, draining, endLease, type Phase, type State, type Turn } from './turn.ts';

/** SIGKILL: the run that is under way, if one is, is over with its worker. */
const kill = (turn: Turn, process: WorkerProcess): void => {
  if (turn.state.phase.name === 'leased') turn.state.phase.run.close();
  process.kill();
  awaitExit(turn);
};

/** After a stored (or marked) verdict: SIGKILL, and tell the asker at once. */
export const killForVerdict = (turn: Turn, process: WorkerProcess, run: Run, verdict: Verdict): State => {
  kill(turn, process);
  run.listener.done(failed('killed', describeVerdict(verdict)));
  return draining(turn, 'verdict', { lease: run.lease, end: { how: 'judged', worker: 'gone' } });
};

/** The run could not be ended by its worker in time, and it was an extension that it waited for: nobody is judged here. */
export const killLate = (turn: Turn, process: WorkerProcess, run: Run, late: LateByExtension): State => {
  kill(turn, process);
  blameExtension(turn, run, late);
  run.listener.done(failed(late.failure.reason, late.failure.message));
  return draining(turn, 'verdict', { lease: run.lease, end: { how: 'failed', worker: 'gone' } });
};

/** Tells the board of the extension that hung, if one did. */
export const blameExtension = (turn: Turn, run: Run, { hung }: LateByExtension): void => {
  if (hung !== undefined) turn.deps.extensions.hung(hung.uuid, run.lease, hung.finding);
};

/** Somebody no longer wants the answer: the process ends with the run. */
export const cancelRun = (turn: Turn, process: WorkerProcess, run: Run): State => {
  kill(turn, process);
  run.listener.done(failed('cancelled', 'The query was cancelled.'));
  return draining(turn, 'cancelled', {
    lease: run.lease,
    end: { how: 'cancelled', worker: 'gone' },
  });
};

/** Tells the process to go; it is killed if it stays. */
export const retire = (turn: Turn, process: WorkerProcess, cause: WorkerExitCause): State => {
  if (turn.state.phase.name === 'draining') return turn.state;
  process.send({ type: 'exit' });
  awaitExit(turn);
  return draining(turn, cause);
};

/** Ends a process that failed us, not one that a query made fail. */
export const killFailed = (turn: Turn, process: WorkerProcess, cause: WorkerExitCause): State => {
  const { phase } = turn.state;
  kill(turn, process);
  if (phase.name !== 'leased') return draining(turn, cause);
  phase.run.listener.done(
    failed('worker_died', 'The worker failed while it ran the query; no limit was broken.'),
  );
  return draining(turn, cause, {
    lease: phase.run.lease,
    end: { how: 'crashed', worker: 'gone' },
  });
};

/** SIGKILL did not end it in time. */
export const outlivesKill = (turn: Turn): State => {
  const { process, phase } = turn.state;
  if (phase.name !== 'draining' || process === undefined) return turn.state;
  process.kill();
  turn.deps.roster.update(turn.workerId, { state: 'unkillable' });
  turn.deps.log('error', `Worker ${process.identity.pid} outlives SIGKILL: it is blocked in the kernel.`);
  turn.workforce.tell({ type: 'worker_unkillable', workerId: turn.workerId });
  return turn.state;
};

/** The process is gone, whoever ended it. */
export const processExited = (turn: Turn, process: WorkerProcess, exit: WorkerExit): State => {
  const { phase } = turn.state;
  const how = describeExit(`Worker ${process.identity.pid}`, exit);
  const cause = phase.name === 'leased' ? diedUnderLease(turn, phase.run, exit, how) : causeOf(phase);
  if (phase.name === 'draining' && phase.ends !== undefined) endLease(turn, phase.ends.lease, phase.ends.end);
  const before_ready = phase.name === 'starting' || (phase.name === 'draining' && phase.was === 'starting');
  if (before_ready) turn.deps.log('error', `${how} before it was ready. ${lastLines(exit.stderrTail)}`);
  if (phase.name !== 'leased' && cause === 'died')
    turn.deps.log('warning', `${how} while it ran nothing. ${lastLines(exit.stderrTail)}`);
  const { code, signal } = exit;
  const ended_unix_ms = turn.context.clock.unixMs();
  turn.deps.roster.remove(turn.workerId, { cause, how, code, signal, ended_unix_ms });
  turn.workforce.tell({ type: 'worker_ended', workerId: turn.workerId, before_ready });
  turn.context.stopSelf();
  return { ...turn.state, process: undefined, phase: { name: 'draining', was: 'ready', cause } };
};

/** Nobody here ended it: V8 out of memory is the query's doing, anything else denies nothing. */
const diedUnderLease = (turn: Turn, run: Run, exit: WorkerExit, how: string): 'died' | 'verdict' => {
  run.close();
  const judgement = turn.deps.judge.death(run.lease, exit, run);
  if (judgement === undefined) {
    turn.deps.log(
      'error',
      `${how} while it ran '${run.lease.queryId}'; nothing is denied. ${lastLines(exit.stderrTail)}`,
    );
    endLease(turn, run.lease, { how: 'crashed', worker: 'gone' });
    run.listener.done(failed('worker_died', `${how} while it ran the query; no limit was broken.`));
    return 'died';
  }
  endLease(turn, run.lease, { how: 'judged', worker: 'gone' });
  run.listener.done(failed('killed', describeVerdict(judgement)));
  return 'verdict';
};

/** Why a worker that holds no lease is gone: as we wished it, or not. */
const causeOf = (phase: Exclude<Phase, { readonly name: 'leased' }>): WorkerExitCause => {
  if (phase.name === 'draining') return phase.cause;
  return phase.name === 'starting' ? 'not_ready' : 'died';
};
