import type { ActorRef, Behaviour, Context } from '../../actors/types.ts';
import type { ProcessHost, WorkerExit, WorkerProcess } from '../../platform/process-host.ts';
import { mustRecycle } from '../../policies/recycle.ts';
import { buildId } from '../../protocol/build-id.ts';
import type { ConfigTable } from '../../protocol/config-tables.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { SupervisorTable } from '../../protocol/supervisor-tables.ts';
import type { TableValue } from '../../protocol/table.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import type { WorkerExitCause } from '../../protocol/worker-exit.ts';
import { type FromWorker, workerProtocolVersion } from '../../protocol/worker-messages.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import type { ExtensionBoard } from '../extensions/extension-board.ts';
import { describeVerdict } from '../watchdog/describe-verdict.ts';
import type { Judge } from '../watchdog/judge.ts';
import type { WatchDeps } from '../watchdog/watch.ts';
import { type LateByExtension, lateByExtension, lateWhenDone } from './extension-end.ts';
import type { LeaseEnd, WorkerMessage, WorkforceMessage } from './messages.ts';
import type { Roster } from './roster.ts';
import { openRun, type Run } from './run.ts';
import { describeExit, engineStop, failed, lastLines } from './run-end.ts';
import type { RunListener } from './run-request.ts';
import { type ConfigTableBoard, configNews } from './told-config.ts';
import { extensionNews, toldNothing } from './told-extensions.ts';

/** A worker has this long from fork to `ready`; a healthy one needs a tenth of a second. */
const start_limit_ms = 10_000;
/** A process that has not gone this long after SIGKILL is blocked in the kernel (state D). */
const unkillable_after_ms = 2_000;

/** What a worker actor needs from the rest of the supervisor. */
export interface WorkerDeps extends WatchDeps {
  readonly processHost: ProcessHost;
  readonly judge: Judge;
  readonly roster: Roster;
  readonly extensions: ExtensionBoard;
  readonly configTables: ConfigTableBoard;
  readonly log: (severity: 'info' | 'warning' | 'error', message: string) => void;
  readonly supervisorRows: (
    table: SupervisorTable,
    key: string | undefined,
  ) => readonly Readonly<Record<string, TableValue>>[];
}

/** `starting → idle → leased → draining → dead`; `draining` has been sent SIGKILL or `exit`. */
type Phase =
  | { readonly name: 'starting' }
  | { readonly name: 'idle' }
  | { readonly name: 'leased'; readonly run: Run }
  | {
      readonly name: 'draining';
      readonly was: 'starting' | 'ready';
      readonly cause: WorkerExitCause;
      readonly ends?: PendingEnd;
    };

/** A lease stays open in the store until its process is gone, so that a new supervisor would find the process. */
interface PendingEnd {
  readonly lease: Lease;
  readonly end: LeaseEnd;
}

interface State {
  readonly process: WorkerProcess | undefined;
  readonly phase: Phase;
  /** The extensions that the process knows of. */
  readonly told: ExtensionBoard['attached'];
  /** Of the config, as it was told. */
  readonly toldTables: readonly ConfigTable[];
}

const untold = { told: toldNothing, toldTables: [] } as const;

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
  init: (context) => start(workerId, profile, workforce, deps, context),
  receive: (state, message, context) => new Turn(workerId, workforce, deps, state, context).take(message),
  stopped: (state) => {
    if (state.phase.name === 'leased') {
      state.phase.run.close();
      state.phase.run.listener.done(failed('stopping', 'Leash is stopping.'));
    }
    state.process?.kill();
  },
});

const start = (
  workerId: string,
  profile: WorkerProfile,
  workforce: ActorRef<WorkforceMessage>,
  deps: WorkerDeps,
  context: Context<WorkerMessage>,
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
  process.send({ type: 'hello', protocolVersion: workerProtocolVersion, buildId });
  context.startTimer('start', start_limit_ms, { type: 'start_overdue' });
  return { process, phase: { name: 'starting' }, ...untold };
};

/** One message against one state. A class only to spare every step six parameters. */
class Turn {
  readonly #workerId: string;
  readonly #workforce: ActorRef<WorkforceMessage>;
  readonly #deps: WorkerDeps;
  readonly #state: State;
  readonly #context: Context<WorkerMessage>;

  constructor(
    workerId: string,
    workforce: ActorRef<WorkforceMessage>,
    deps: WorkerDeps,
    state: State,
    context: Context<WorkerMessage>,
  ) {
    this.#workerId = workerId;
    this.#workforce = workforce;
    this.#deps = deps;
    this.#state = state;
    this.#context = context;
  }

  get #now_ms(): number {
    return this.#context.clock.monotonicMs();
  }

  take(message: WorkerMessage): State {
    const { process, phase } = this.#state;
    if (process === undefined) return this.#state;
    switch (message.type) {
      case 'from_worker':
        return this.#fromWorker(process, message.message);
      case 'rows':
        return phase.name === 'leased' ? this.#rows(process, phase.run, message.payload) : this.#state;
      case 'protocol_error':
        this.#deps.log(
          'error',
          `Worker ${process.identity.pid} broke the channel's protocol: ${message.message}`,
        );
        return this.#kill(process, 'broke_protocol');
      case 'exited':
        return this.#exited(process, message.exit);
      case 'lease':
        return this.#lease(process, message.lease, message.listener);
      case 'sample':
        return phase.name === 'leased' ? this.#sample(process, phase.run) : this.#state;
      case 'start_overdue':
        if (phase.name !== 'starting') return this.#state;
        this.#deps.log(
          'error',
          `Worker ${process.identity.pid} was not ready ${start_limit_ms} ms after its start.`,
        );
        return this.#kill(process, 'not_ready');
      case 'kill_overdue':
        return this.#unkillable();
      case 'resume':
        process.resumeReading();
        if (phase.name === 'leased') phase.run.unblocked(this.#now_ms);
        return this.#state;
      case 'cancel':
        return phase.name === 'leased' ? this.#cancel(process, phase.run) : this.#state;
      case 'retire':
        return this.#retire(process, message.cause);
    }
  }

  #fromWorker(process: WorkerProcess, message: FromWorker): State {
    const { phase } = this.#state;
    switch (message.type) {
      case 'ready':
        return this.#ready(process, message);
      case 'columns':
        if (phase.name === 'leased' && phase.run.lease.leaseId === message.leaseId) {
          phase.run.listener.columns(message.columns);
        }
        return this.#state;
      case 'ask':
        process.send({ type: 'answer', rows: this.#deps.supervisorRows(message.table, message.key) });
        return this.#state;
      case 'reads':
        if (phase.name === 'leased' && phase.run.lease.leaseId === message.leaseId) {
          this.#deps.extensions.reads(phase.run.lease, message.uuids);
        }
        return this.#state;
      case 'waits':
        if (phase.name === 'leased' && phase.run.lease.leaseId === message.leaseId) {
          phase.run.waits = message.waits;
        }
        return this.#state;
      case 'config_refused':
        this.#deps.configTables.refused(message.name, message.message);
        return this.#state;
      case 'needs_net':
        return phase.name === 'leased' && phase.run.lease.leaseId === message.leaseId
          ? this.#needsNet(phase.run, message.retained_bytes)
          : this.#state;
      case 'done':
        return phase.name === 'leased' && phase.run.lease.leaseId === message.leaseId
          ? this.#done(process, phase.run, message)
          : this.#state;
    }
  }

  #ready(process: WorkerProcess, message: Extract<FromWorker, { type: 'ready' }>): State {
    if (this.#state.phase.name !== 'starting') return this.#state;
    if (message.protocolVersion !== workerProtocolVersion || message.buildId !== buildId) {
      this.#deps.log(
        'error',
        `Worker ${process.identity.pid} is of build ${message.buildId} (protocol ${message.protocolVersion}), this supervisor of ${buildId} (${workerProtocolVersion}). Run npm run build, then start again.`,
      );
      return this.#kill(process, 'not_ready');
    }
    this.#context.cancelTimer('start');
    const source = this.#deps.sampler.open(process.identity);
    if (source.ok) {
      const sample = source.value.read();
      source.value.close();
      if (sample.ok) {
        this.#deps.roster.update(this.#workerId, {
          baseline_bytes: sample.value.private_bytes,
          lastSample: sample.value,
        });
      }
    }
    this.#deps.roster.update(this.#workerId, { state: 'idle' });
    this.#workforce.tell({ type: 'worker_ready', workerId: this.#workerId });
    return { ...this.#state, phase: { name: 'idle' } };
  }

  #lease(process: WorkerProcess, lease: Lease, listener: RunListener): State {
    const opened = openRun(process, lease, listener, this.#deps);
    if (!opened.ok) {
      // The process went between `ready` and now; its exit message follows.
      this.#end(lease, { how: 'crashed', worker: 'gone' });
      listener.done(
        failed('worker_died', `The worker ended before the query began: ${opened.error.message}`),
      );
      return this.#kill(process, 'died');
    }
    const run = opened.value;
    this.#deps.roster.update(this.#workerId, { state: 'leased', lease });
    listener.started?.(lease);
    const told = this.#deps.extensions.attached;
    for (const news of extensionNews(this.#state.told, told)) process.send(news);
    const toldTables = this.#deps.configTables.tables;
    for (const news of configNews(this.#state.toldTables, toldTables)) process.send(news);
    const trace = listener.wantsTrace === true ? ({ trace: true } as const) : {};
    process.send({ type: 'query', leaseId: lease.leaseId, sql: lease.sql, budget: lease.budget, ...trace });
    this.#lookAgain(run);
    return { ...this.#state, phase: { name: 'leased', run }, told, toldTables };
  }

  #sample(process: WorkerProcess, run: Run): State {
    if (run.isStopped) {
      this.#context.startTimer('sample', run.release(this.#now_ms), { type: 'sample' });
      return this.#state;
    }
    const judgement = run.look(this.#now_ms);
    this.#deps.roster.update(this.#workerId, { lastSample: run.lastSample() });
    if (judgement.kind === 'kill') {
      const late =
        judgement.reason === 'wall_ms'
          ? lateByExtension(run.waits, run.lease, judgement.measured, this.#state.told)
          : undefined;
      if (late !== undefined) return this.#killedLate(process, run, late);
      const verdict = this.#deps.judge.stop(run.lease, 'kill', judgement, run.points());
      return this.#killed(process, run, verdict);
    }
    this.#deps.judge.goesOn();
    this.#lookAgain(run);
    return this.#state;
  }

  #lookAgain(run: Run): void {
    this.#context.startTimer('sample', run.next_ms(this.#now_ms), { type: 'sample' });
    const measured = run.throttledAt_percent;
    if (measured !== undefined) this.#deps.judge.throttled(run.lease, measured, run);
  }

  #rows(process: WorkerProcess, run: Run, payload: Buffer): State {
    run.result_bytes += payload.length;
    const limit_bytes = run.lease.budget.result_mb * 2 ** 20;
    if (run.result_bytes > limit_bytes + payload.length) {
      // The worker caps its own result; one that does not is not to be trusted with the supervisor's memory.
      const limit = run.lease.budget.result_mb;
      const finding = { reason: 'result_mb', limit, measured: run.result_bytes / 2 ** 20 } as const;
      run.glance();
      const verdict = this.#deps.judge.stop(run.lease, 'kill', finding, run.points());
      return this.#killed(process, run, verdict);
    }
    if (run.listener.rows(payload) === 'wait') {
      process.pauseReading();
      run.blocked(this.#now_ms);
    }
    return this.#state;
  }

  #done(process: WorkerProcess, run: Run, message: Extract<FromWorker, { type: 'done' }>): State {
    this.#context.cancelTimer('sample');
    // An asker that said `wait` at the last rows has nothing left to resume: the next query must be heard.
    process.resumeReading();
    const late = lateWhenDone(message, run.lease, this.#state.told);
    const failure = late?.failure ?? message.failure;
    const { cost, warnings } = message;
    const recycle =
      mustRecycle({ retained_bytes: message.retained_bytes }) || failure?.reason === 'out_of_memory';
    const stop = engineStop(failure, run.lease);
    if (late !== undefined) this.#blameExtension(run, late);
    if (stop === undefined) this.#deps.judge.passed(run.lease);
    else {
      run.glance();
      this.#deps.judge.stop(run.lease, 'fail', stop, run.points());
    }
    const how = stop !== undefined ? 'judged' : failure !== undefined ? 'failed' : 'finished';
    const idle = this.#leaseOver(run, { how, worker: recycle ? 'recycle' : 'idle' });
    const trace = message.trace === undefined ? {} : { trace: message.trace };
    run.listener.done({ cost, warnings, ...trace, ...(failure === undefined ? {} : { failure }) });
    return idle;
  }

  /** Nothing ran, so nothing is judged, and nobody is told: the query gets another lease. */
  #needsNet(run: Run, retained_bytes: number): State {
    this.#context.cancelTimer('sample');
    const worker = mustRecycle({ retained_bytes }) ? 'recycle' : 'idle';
    return this.#leaseOver(run, { how: 'needs_net', worker });
  }

  /** The worker told the end of its lease and lives. */
  #leaseOver(run: Run, end: LeaseEnd): State {
    run.close();
    this.#deps.roster.update(this.#workerId, {
      state: 'idle',
      lease: undefined,
      lastSample: run.lastSample(),
    });
    this.#end(run.lease, end);
    return { ...this.#state, phase: { name: 'idle' } };
  }

  /** After a stored (or marked) verdict: SIGKILL, and tell the asker at once. */
  #killed(process: WorkerProcess, run: Run, verdict: Verdict): State {
    run.close();
    process.kill();
    this.#afterKill();
    run.listener.done(failed('killed', describeVerdict(verdict)));
    return this.#draining('verdict', { lease: run.lease, end: { how: 'judged', worker: 'gone' } });
  }

  /** The run could not be ended by its worker in time, and it was an extension that it waited for: nobody is judged here. */
  #killedLate(process: WorkerProcess, run: Run, late: LateByExtension): State {
    run.close();
    process.kill();
    this.#afterKill();
    this.#blameExtension(run, late);
    run.listener.done(failed(late.failure.reason, late.failure.message));
    return this.#draining('verdict', { lease: run.lease, end: { how: 'failed', worker: 'gone' } });
  }

  #blameExtension(run: Run, { hung }: LateByExtension): void {
    if (hung !== undefined) this.#deps.extensions.hung(hung.uuid, run.lease, hung.finding);
  }

  #cancel(process: WorkerProcess, run: Run): State {
    run.close();
    process.kill();
    this.#afterKill();
    run.listener.done(failed('cancelled', 'The query was cancelled.'));
    return this.#draining('cancelled', {
      lease: run.lease,
      end: { how: 'cancelled', worker: 'gone' },
    });
  }

  #retire(process: WorkerProcess, cause: WorkerExitCause): State {
    if (this.#state.phase.name === 'draining') return this.#state;
    process.send({ type: 'exit' });
    this.#afterKill();
    return this.#draining(cause);
  }

  /** Ends a process that failed us, not one that a query made fail. */
  #kill(process: WorkerProcess, cause: WorkerExitCause): State {
    const { phase } = this.#state;
    if (phase.name === 'leased') phase.run.close();
    process.kill();
    this.#afterKill();
    if (phase.name !== 'leased') return this.#draining(cause);
    phase.run.listener.done(
      failed('worker_died', 'The worker failed while it ran the query; no limit was broken.'),
    );
    return this.#draining(cause, {
      lease: phase.run.lease,
      end: { how: 'crashed', worker: 'gone' },
    });
  }

  #draining(cause: WorkerExitCause, ends?: PendingEnd): State {
    const was = this.#state.phase.name === 'starting' ? 'starting' : 'ready';
    return {
      ...this.#state,
      phase: { name: 'draining', was, cause, ...(ends === undefined ? {} : { ends }) },
    };
  }

  #afterKill(): void {
    this.#context.cancelTimer('sample');
    this.#context.cancelTimer('start');
    this.#context.startTimer('kill', unkillable_after_ms, { type: 'kill_overdue' });
    this.#deps.roster.update(this.#workerId, { state: 'draining' });
  }

  #unkillable(): State {
    const { process, phase } = this.#state;
    if (phase.name !== 'draining' || process === undefined) return this.#state;
    process.kill();
    this.#deps.roster.update(this.#workerId, { state: 'unkillable' });
    this.#deps.log('error', `Worker ${process.identity.pid} outlives SIGKILL: it is blocked in the kernel.`);
    this.#workforce.tell({ type: 'worker_unkillable', workerId: this.#workerId });
    return this.#state;
  }

  #exited(process: WorkerProcess, exit: WorkerExit): State {
    const { phase } = this.#state;
    const how = describeExit(`Worker ${process.identity.pid}`, exit);
    const cause = phase.name === 'leased' ? this.#diedUnderLease(phase.run, exit, how) : causeOf(phase);
    if (phase.name === 'draining' && phase.ends !== undefined) this.#end(phase.ends.lease, phase.ends.end);
    const before_ready = phase.name === 'starting' || (phase.name === 'draining' && phase.was === 'starting');
    if (before_ready) this.#deps.log('error', `${how} before it was ready. ${lastLines(exit.stderrTail)}`);
    const { code, signal } = exit;
    const ended_unix_ms = this.#context.clock.unixMs();
    this.#deps.roster.remove(this.#workerId, { cause, how, code, signal, ended_unix_ms });
    this.#workforce.tell({ type: 'worker_ended', workerId: this.#workerId, before_ready });
    this.#context.stopSelf();
    return { ...this.#state, process: undefined, phase: { name: 'draining', was: 'ready', cause } };
  }

  /** Nobody here ended it: V8 out of memory is the query's doing, anything else denies nothing. */
  #diedUnderLease(run: Run, exit: WorkerExit, how: string): 'died' | 'verdict' {
    run.close();
    const judgement = this.#deps.judge.death(run.lease, exit, run);
    if (judgement === undefined) {
      this.#deps.log(
        'error',
        `${how} while it ran '${run.lease.queryId}'; nothing is denied. ${lastLines(exit.stderrTail)}`,
      );
      this.#end(run.lease, { how: 'crashed', worker: 'gone' });
      run.listener.done(failed('worker_died', `${how} while it ran the query; no limit was broken.`));
      return 'died';
    }
    this.#end(run.lease, { how: 'judged', worker: 'gone' });
    run.listener.done(failed('killed', describeVerdict(judgement)));
    return 'verdict';
  }

  #end(lease: Lease, end: LeaseEnd): void {
    this.#workforce.tell({ type: 'lease_ended', workerId: this.#workerId, leaseId: lease.leaseId, end });
  }
}

/** Why a worker that holds no lease is gone: as we wished it, or not. */
const causeOf = (phase: Exclude<Phase, { readonly name: 'leased' }>): WorkerExitCause => {
  if (phase.name === 'draining') return phase.cause;
  return phase.name === 'starting' ? 'not_ready' : 'died';
};
