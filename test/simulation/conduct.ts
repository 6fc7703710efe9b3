import type { QueryFailure } from '../../protocol/run.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';

/** What a statement does to the worker that runs it. */
export interface Conduct {
  /** How long it runs if nobody stops it; Infinity: for ever. */
  readonly runs_ms: number;
  /** Share of one core that it uses meanwhile, 0 … 1. */
  readonly cpu: number;
  /** Growth of memory, in bytes a millisecond. */
  readonly growth_bytes_ms: number;
  /** Bytes it reads from files a millisecond; 0 when absent. */
  readonly read_bytes_ms?: number;
  /**
   * How it ends: an answer, an error of the engine, a crash (after the first rows, if it has any), V8 out of memory,
   * or somebody else's SIGKILL.
   */
  readonly end: 'done' | 'failed' | 'crash' | 'heap' | 'foreign_kill';
  /** The engine's own stop, when `end` is `failed`. */
  readonly failure?: QueryFailure;
  /** Memory that stays after it. */
  readonly keeps_bytes?: number;
  /** It sends rows without end, faster than any cap of its own. */
  readonly floods?: boolean;
  /** Rows of an answer, drawn anew for each run between these two; none and one when absent. */
  readonly least_rows?: number;
  readonly most_rows?: number;
  /** It reads a table that needs a socket: in a worker that may not open one it is compiled and does not run. */
  readonly needsNet?: boolean;
}

/** A statement that answers at once. */
export const quick: Conduct = { runs_ms: 5, cpu: 1, growth_bytes_ms: 0, end: 'done' };

/** How processes behave whatever they run. Every time is drawn between the two bounds, every share is 0 … 1. */
export interface HostConduct {
  readonly start_ms: readonly [number, number];
  /** From SIGKILL to the exit; Infinity as the upper bound makes some of them unkillable. */
  readonly death_ms: readonly [number, number];
  /** From the exit to the moment at which the supervisor hears of it; its pid is free meanwhile. */
  readonly exitNotice_ms: readonly [number, number];
  /** Spawning fails; a process never becomes ready. */
  readonly spawnFails: number;
  readonly startHangs: number;
  /** A message of a worker arrives torn; arrives again later; a worker does not leave when it is told to. */
  readonly tears: number;
  readonly repeats: number;
  readonly staysOn: number;
  /** The pid of a dead worker goes to a stranger at once: a big one that is busy. */
  readonly strangers: number;
}

export const healthyHost: HostConduct = {
  start_ms: [50, 150],
  death_ms: [1, 20],
  exitNotice_ms: [0, 0],
  spawnFails: 0,
  startHangs: 0,
  tears: 0,
  repeats: 0,
  staysOn: 0,
  strangers: 0,
};

/** What happened to processes, in order: what the checkers read. */
export type HostEvent =
  | { readonly type: 'spawned'; readonly pid: number; readonly profile: WorkerProfile }
  | { readonly type: 'spawn_failed' }
  | { readonly type: 'ready'; readonly pid: number }
  /** `onlyPrepares`: it needs a socket and the process may not open one, so it will not run there. */
  | {
      readonly type: 'query';
      readonly pid: number;
      readonly leaseId: string;
      readonly sql: string;
      readonly profile: WorkerProfile;
      readonly onlyPrepares: boolean;
    }
  | { readonly type: 'needed_net'; readonly pid: number; readonly sql: string }
  /** `rows` as they were sent, in JSON. */
  | { readonly type: 'answered'; readonly pid: number; readonly sql: string; readonly rows: string }
  | { readonly type: 'torn'; readonly pid: number }
  /** SIGSTOP and SIGCONT from its supervisor. */
  | { readonly type: 'suspended'; readonly pid: number }
  | { readonly type: 'resumed'; readonly pid: number }
  | { readonly type: 'signalled'; readonly pid: number; readonly sql: string | undefined }
  | { readonly type: 'exited'; readonly pid: number }
  | { readonly type: 'stranger'; readonly pid: number };
