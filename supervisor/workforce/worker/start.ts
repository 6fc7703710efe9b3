import type { WorkerProcess } from '../../../platform/process-host.ts';
import { buildId } from '../../../protocol/build-id.ts';
import { type FromWorker, workerProtocolVersion } from '../../../protocol/worker-messages.ts';
import type { WorkerProfile } from '../../../protocol/worker-profile.ts';
import { toldNothing } from '../told-extensions.ts';
import { killFailed } from './end.ts';
import type { State, Turn } from './turn.ts';

/** A worker has this long from fork to `ready`; a healthy one needs a tenth of a second. */
export const start_limit_ms = 10_000;

const untold = { told: toldNothing, toldTables: [] } as const;

/** Starts the process. */
export const startWorker = (
  { workerId, workforce, deps, context }: Omit<Turn, 'state'>,
  profile: WorkerProfile,
): State => {
  const { self } = context;
  const spawned = deps.processHost.spawnWorker(profile, {
    message: (message) => self.tell({ type: 'from_worker', message }),
    rows: (payload) => self.tell({ type: 'rows', payload }),
    protocolError: (message) => self.tell({ type: 'protocol_error', message }),
    exited: (exit) => self.tell({ type: 'exited', exit }),
  });
  if (!spawned.ok) {
    deps.log('error', `A worker could not be started: ${spawned.error.message}`);
    workforce.tell({ type: 'worker_ended', workerId, before_ready: true });
    context.stopSelf();
    return { process: undefined, phase: { name: 'starting' }, ...untold };
  }
  const process = spawned.value;
  deps.roster.put({
    workerId,
    process: process.identity,
    profile,
    started_unix_ms: context.clock.unixMs(),
    state: 'starting',
    lease: undefined,
    queries: 0,
    baseline_bytes: 0,
    lastSample: undefined,
  });
  const { tableChoice } = deps;
  const tables = tableChoice === undefined ? {} : { tables: tableChoice };
  process.send({ type: 'hello', protocolVersion: workerProtocolVersion, buildId, ...tables });
  context.startTimer('start', start_limit_ms, { type: 'start_overdue' });
  return { process, phase: { name: 'starting' }, ...untold };
};

/** The process said that it is ready: its memory now is what every run is measured against. */
export const becomesReady = (
  turn: Turn,
  process: WorkerProcess,
  message: Extract<FromWorker, { type: 'ready' }>,
): State => {
  if (turn.state.phase.name !== 'starting') return turn.state;
  if (message.protocolVersion !== workerProtocolVersion || message.buildId !== buildId) {
    turn.deps.log(
      'error',
      `Worker ${process.identity.pid} is of build ${message.buildId} (protocol ${message.protocolVersion}), this supervisor of ${buildId} (${workerProtocolVersion}). Run npm run build, then start again.`,
    );
    return killFailed(turn, process, 'not_ready');
  }
  turn.context.cancelTimer('start');
  const source = turn.deps.sampler.open(process.identity);
  if (source.ok) {
    const sample = source.value.read();
    source.value.close();
    if (sample.ok) {
      turn.deps.roster.update(turn.workerId, {
        baseline_bytes: sample.value.private_bytes,
        lastSample: sample.value,
      });
    }
  }
  turn.deps.roster.update(turn.workerId, { state: 'idle' });
  turn.workforce.tell({ type: 'worker_ready', workerId: turn.workerId });
  return { ...turn.state, phase: { name: 'idle' } };
};
