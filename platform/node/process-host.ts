import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setPriority } from 'node:os';
import { encodeControl, FrameDecoder } from '../../protocol/frame.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import { maxFromWorkerControl_bytes, parseFromWorker } from '../../protocol/worker-message-validator.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import type {
  ProcessHost,
  SpawnFailure,
  WorkerExit,
  WorkerListener,
  WorkerProcess,
} from '../process-host.ts';
import type { WorkerCgroup } from './cgroup/worker-cgroup.ts';
import type { WorkerCgroups } from './cgroup/worker-cgroups.ts';
import { killOrphans, workerEnvironment } from './orphans.ts';
import { identify } from './process-identity.ts';
import { streamOf, whyNotStarted } from './spawned-child.ts';

/** What is kept of a worker's standard error: V8's fatal message is some 2 KiB. */
const stderrTail_bytes = 8 * 1024;
/** Workers step back behind everything else on the host. */
const workerNice = 10;
/** Under memory pressure the kernel takes a worker before the host's own services. */
const workerOomScore = 500;

/** How workers are started. */
export interface ProcessHostOptions {
  /** Node, and its arguments for a worker of each profile, the worker's entry file last. */
  readonly command: string;
  readonly argsOf: (profile: WorkerProfile) => readonly string[];
  /** Directory of the supervisor's store; empty for one that has none. */
  readonly store: string;
  /** Time zone of the supervisor (`TZ`), if it has one: what is local to it is local to its workers. */
  readonly timeZone?: string | undefined;
  readonly cgroups: WorkerCgroups;
}

/** Starts and ends real worker processes. */
export const createProcessHost = (options: ProcessHostOptions): ProcessHost => ({
  spawnWorker: (profile, listener) => spawnWorker(options, profile, listener),
  killOrphans: () => killOrphans(options.store),
});

const spawnWorker = (
  options: ProcessHostOptions,
  profile: WorkerProfile,
  listener: WorkerListener,
): Result<WorkerProcess, SpawnFailure> => {
  let child: ChildProcess;
  try {
    child = spawn(options.command, [...options.argsOf(profile)], {
      cwd: '/',
      env: environmentOf(options),
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    return fail(spawnFailed(options.command, error));
  }
  // A failed spawn says why in an event; the missing pid is known at once.
  child.on('error', () => undefined);
  const channel = streamOf(child, 3);
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined || channel === undefined || child.stderr === null) {
    child.kill('SIGKILL');
    return fail(spawnFailed(options.command, new Error(whyNotStarted(child))));
  }
  offerToKernel(identity.pid);
  let group: WorkerCgroup | undefined;
  let exited = false;
  const adopted = options.cgroups.adopt(identity).then((made) => {
    group = made;
  });
  listen(child, channel, {
    ...listener,
    message: (message) => {
      if (message.type !== 'ready') return listener.message(message);
      stepBack(identity.pid);
      // No query before the kernel's limits are there; the group is made in less time than a worker needs to start.
      void adopted.then(() => {
        if (!exited) listener.message(message);
      });
    },
    exited: (exit) => {
      exited = true;
      listener.exited({ ...exit, cgroupOomKills: group?.oomKills() ?? 0 });
      void adopted.then(() => group?.remove());
    },
  });
  return ok({
    identity,
    send: (message) => void channel.write(encodeControl(message)),
    pauseReading: () => void channel.pause(),
    resumeReading: () => void channel.resume(),
    limit: (limits) => group?.limit(limits) ?? { memory: false, cpu: false },
    throttled_ms: () => group?.throttled_ms() ?? 0,
    suspend: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: () => void child.kill('SIGKILL'),
  });
};

/** The whole of it: what else the supervisor was started with is no affair of a worker. */
const environmentOf = ({
  store,
  timeZone,
}: Pick<ProcessHostOptions, 'store' | 'timeZone'>): Readonly<Record<string, string>> => ({
  ...(timeZone === undefined ? {} : { TZ: timeZone }),
  ...workerEnvironment(store),
});

/** The listener as the channel serves it: what the kernel counted is added by its owner. */
interface ChannelListener extends Omit<WorkerListener, 'exited'> {
  exited(exit: Omit<WorkerExit, 'cgroupOomKills'>): void;
}

const listen = (child: ChildProcess, channel: Socket, listener: ChannelListener): void => {
  const decoder = new FrameDecoder(maxFromWorkerControl_bytes);
  let broken = false;
  let stderrTail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-stderrTail_bytes);
  });
  channel.on('data', (chunk: Buffer) => {
    if (broken) return;
    const frames = decoder.push(chunk);
    const problem = frames.ok ? deliver(frames.value, listener) : frames.error.message;
    if (problem === undefined) return;
    broken = true;
    listener.protocolError(problem);
  });
  // EPIPE and ECONNRESET are how a death looks from here; `close` follows and tells it.
  channel.on('error', () => undefined);
  child.on('close', (code, signal) => listener.exited({ code, signal, stderrTail }));
};

const deliver = (
  frames: readonly { readonly kind: 'control' | 'rows'; readonly payload: Buffer }[],
  listener: ChannelListener,
): string | undefined => {
  for (const { kind, payload } of frames) {
    if (kind === 'rows') {
      listener.rows(payload);
      continue;
    }
    const message = parseFromWorker(payload);
    if (!message.ok) return message.error.message;
    listener.message(message.value);
  }
  return undefined;
};

const spawnFailed = (command: string, error: unknown): SpawnFailure => ({
  reason: 'spawn_failed',
  message: `${command}: ${error instanceof Error ? error.message : String(error)}`,
});

/** Under memory pressure the kernel takes the worker first. A host may forbid it. */
const offerToKernel = (pid: number): void =>
  bestEffort(() => writeFileSync(`/proc/${pid}/oom_score_adj`, String(workerOomScore)));

/**
 * Niceness is per thread on Linux (setpriority(2)); the threads that exist now hand it on to those they start. Only a
 * worker that is ready steps back: its start is our cost and always the same, and on a busy host a niced start would
 * take seconds, which every query that waits for it would pay.
 */
const stepBack = (pid: number): void =>
  bestEffort(() => {
    for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), workerNice);
  });

const bestEffort = (act: () => void): void => {
  try {
    act();
  } catch {
    // It only makes a worker humbler; one that is gone already tells so by its exit.
  }
};
