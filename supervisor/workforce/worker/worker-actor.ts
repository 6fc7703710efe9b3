import type { ActorRef, Behaviour } from '../../../actors/types.ts';
import type { WorkerProcess } from '../../../platform/process-host.ts';
import type { Lease } from '../../../protocol/lease.ts';
import type { FromWorker } from '../../../protocol/worker-messages.ts';
import type { WorkerProfile } from '../../../protocol/worker-profile.ts';
import type { WorkerMessage, WorkforceMessage } from '../messages.ts';
import { failed } from '../run-end.ts';
import { cancelRun, killFailed, outlivesKill, processExited, retire } from './end.ts';
import { beginLease, lookAtRun, notBegun, runIsDone, runNeedsNet, takeRows } from './lease.ts';
import type { Run } from './run.ts';
import { becomesReady, start_limit_ms, startWorker } from './start.ts';
import { endLease, type State, type Turn, type WorkerDeps } from './turn.ts';

/**
 * The actor that is a worker process: it starts it, hands it leases, watches each run, kills it when a verdict
 * says so, and dies when it dies.
 */
export const workerActor = (
  workerId: string,
  profile: WorkerProfile,
  workforce: ActorRef<WorkforceMessage>,
  deps: WorkerDeps,
): Behaviour<WorkerMessage, State> => ({
  init: (context) => startWorker({ workerId, workforce, deps, context }, profile),
  receive: (state, message, context) => take({ workerId, workforce, deps, state, context }, message),
  stopped: (state) => {
    if (state.phase.name === 'leased') {
      state.phase.run.close();
      state.phase.run.listener.done(failed('stopping', 'Leash is stopping.'));
    }
    state.process?.kill();
  },
});

const take = (turn: Turn, message: WorkerMessage): State => {
  const { state, deps, context } = turn;
  const { process, phase } = state;
  if (process === undefined) return state;
  switch (message.type) {
    case 'from_worker':
      return told(turn, process, message.message);
    case 'rows':
      return phase.name === 'leased' ? takeRows(turn, process, phase.run, message.payload) : state;
    case 'protocol_error':
      deps.log('error', `Worker ${process.identity.pid} broke the channel's protocol: ${message.message}`);
      return killFailed(turn, process, 'broke_protocol');
    case 'exited':
      return processExited(turn, process, message.exit);
    case 'lease':
      if (phase.name === 'idle') return beginLease(turn, process, message.lease, message.listener);
      // It was granted before the word was heard that this process is on its way out.
      endLease(turn, message.lease, notBegun);
      return state;
    case 'sample':
      return phase.name === 'leased' ? lookAtRun(turn, process, phase.run) : state;
    case 'start_overdue':
      if (phase.name !== 'starting') return state;
      deps.log('error', `Worker ${process.identity.pid} was not ready ${start_limit_ms} ms after its start.`);
      return killFailed(turn, process, 'not_ready');
    case 'kill_overdue':
      return outlivesKill(turn);
    case 'resume':
      process.resumeReading();
      if (phase.name === 'leased') phase.run.unblocked(context.clock.monotonicMs());
      return state;
    case 'cancel':
      return phase.name === 'leased' ? cancelRun(turn, process, phase.run) : state;
    case 'retire':
      return retire(turn, process, message.cause);
  }
};

/** What the process said. Of a lease that is over it may still speak: nobody listens then. */
const told = (turn: Turn, process: WorkerProcess, message: FromWorker): State => {
  const { state, deps } = turn;
  switch (message.type) {
    case 'ready':
      return becomesReady(turn, process, message);
    case 'ask':
      process.send({ type: 'answer', rows: deps.supervisorRows(message.table, message.key) });
      return state;
    case 'config_refused':
      deps.configTables.refused(message.name, message.message);
      return state;
    case 'columns':
    case 'reads':
    case 'waits':
    case 'needs_net':
    case 'done': {
      const { phase } = state;
      const isOfRun = phase.name === 'leased' && phase.run.lease.leaseId === message.leaseId;
      return isOfRun ? toldOfRun(turn, process, phase.run, message) : state;
    }
  }
};

const toldOfRun = (
  turn: Turn,
  process: WorkerProcess,
  run: Run,
  message: Extract<FromWorker, { readonly leaseId: Lease['leaseId'] }>,
): State => {
  switch (message.type) {
    case 'columns':
      run.listener.columns(message.columns);
      return turn.state;
    case 'reads':
      turn.deps.extensions.reads(run.lease, message.uuids);
      return turn.state;
    case 'waits':
      run.waits = message.waits;
      return turn.state;
    case 'needs_net':
      return runNeedsNet(turn, run, message.retained_bytes);
    case 'done':
      return runIsDone(turn, process, run, message);
  }
};
