import type { Failure, Result } from '../protocol/result.ts';
import type { ProcessIdentity } from '../protocol/sample.ts';
import type { FromWorker, ToWorker } from '../protocol/worker-messages.ts';
import type { WorkerProfile } from '../protocol/worker-profile.ts';

/** How a worker ended. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Kills that the kernel counted in the worker's own cgroup, for the group's memory limit; 0 without one. */
  readonly cgroupOomKills: number;
  /** The last 8 KiB of its standard error: V8's fatal line, if that was the end. */
  readonly stderrTail: string;
}

/** What a worker process tells its owner. Called on the owner's loop, never before `spawnWorker` returned. */
export interface WorkerListener {
  message(message: FromWorker): void;
  /** One frame of rows: a JSON array of rows, not parsed. */
  rows(payload: Buffer): void;
  /** The peer broke the protocol; it will be killed by its owner. */
  protocolError(message: string): void;
  /** Last call. */
  exited(exit: WorkerExit): void;
}

/** What the kernel is asked to hold a worker to, in the worker's own cgroup. */
export interface KernelLimits {
  /** Everything that is charged to the worker from its start on; more and the kernel kills it. */
  readonly memory_bytes: number;
  /** Share of one core, in percent; 0: no such limit. */
  readonly cpu_percent: number;
}

/** Which limits the kernel took: none on a host without a writable cgroup. */
export interface KernelHold {
  readonly memory: boolean;
  readonly cpu: boolean;
}

/** A running worker. */
export interface WorkerProcess {
  readonly identity: ProcessIdentity;
  send(message: ToWorker): void;
  /** Stops reading its channel, so that it blocks when the socket is full. */
  pauseReading(): void;
  resumeReading(): void;
  limit(limits: KernelLimits): KernelHold;
  /** For how long the kernel kept the worker off its CPUs so far, for `cpu_percent`; in milliseconds. */
  throttled_ms(): number;
  /** SIGSTOP: it does nothing more until it is resumed or killed. */
  suspend(): void;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL through the process handle: never a later process of the same pid. */
  kill(): void;
}

export type SpawnFailure = Failure<'spawn_failed'>;

/** Starts and ends processes; the only such door of the supervisor. */
export interface ProcessHost {
  spawnWorker(profile: WorkerProfile, listener: WorkerListener): Result<WorkerProcess, SpawnFailure>;
  /** SIGKILLs the workers whose supervisor is gone, and tells which they were. */
  killOrphans(): readonly ProcessIdentity[];
}
