import type { Clock } from '../../platform/clock.ts';
import type {
  KernelHold,
  ProcessHost,
  WorkerExit,
  WorkerListener,
  WorkerProcess,
} from '../../platform/process-host.ts';
import type { Random } from '../../platform/random.ts';
import type { SampleFailure, Sampler, SampleSource } from '../../platform/sampler.ts';
import { buildId } from '../../protocol/build-id.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import { noCost, type QueryFailure } from '../../protocol/run.ts';
import type { ProcessIdentity, Sample } from '../../protocol/sample.ts';
import { type ToWorker, workerProtocolVersion } from '../../protocol/worker-messages.ts';

/** What a statement does to the worker that runs it. */
export interface Conduct {
  /** How long it runs if nobody stops it; Infinity: for ever. */
  readonly runs_ms: number;
  /** Share of one core that it uses meanwhile, 0 … 1. */
  readonly cpu: number;
  /** Growth of memory, in bytes a millisecond. */
  readonly growth_bytes_ms: number;
  /** How it ends: an answer, an error of the engine, a crash, V8 out of memory, or somebody else's SIGKILL. */
  readonly end: 'done' | 'failed' | 'crash' | 'heap' | 'foreign_kill';
  /** The engine's own stop, when `end` is `failed`. */
  readonly failure?: QueryFailure;
  /** Memory that stays after it. */
  readonly keeps_bytes?: number;
}

/** A statement that answers at once. */
export const quick: Conduct = { runs_ms: 5, cpu: 1, growth_bytes_ms: 0, end: 'done' };

/** How processes behave that were not asked anything yet. Every time is drawn between the two bounds. */
export interface HostConduct {
  readonly start_ms: readonly [number, number];
  /** From SIGKILL to the exit; Infinity as the upper bound makes some of them unkillable. */
  readonly death_ms: readonly [number, number];
  /** 0 … 1: spawning fails, a process never becomes ready. */
  readonly spawnFails: number;
  readonly startHangs: number;
}

export const healthyHost: HostConduct = {
  start_ms: [50, 150],
  death_ms: [1, 20],
  spawnFails: 0,
  startHangs: 0,
};

/** What happened to processes, in order: what the checkers read. */
export type HostEvent =
  | { readonly type: 'spawned'; readonly pid: number }
  | { readonly type: 'query'; readonly pid: number; readonly leaseId: string; readonly sql: string }
  | { readonly type: 'signalled'; readonly pid: number; readonly sql: string | undefined }
  | { readonly type: 'exited'; readonly pid: number };

const mebibyte = 2 ** 20;
const freshWorker_bytes = 60 * mebibyte;
/** Small, so that pids come round and are reused. */
const pidSpace = 500;
const ticksPerMs = 0.1;
/** Of the workers that a dying supervisor leaves. */
const stoppedShare = 0.2;

/** A host of simulated processes: they take virtual time, and do what `conductOf` says of their statement. */
export class SimulatedHost {
  readonly processHost: ProcessHost;
  readonly sampler: Sampler;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #conductOf: (sql: string) => Conduct;
  readonly #tell: (event: HostEvent) => void;
  readonly #processes = new Map<number, SimulatedProcess>();
  #nextPid = 1;
  conduct: HostConduct = healthyHost;

  constructor(
    clock: Clock,
    random: Random,
    conductOf: (sql: string) => Conduct,
    tell: (event: HostEvent) => void,
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#conductOf = conductOf;
    this.#tell = tell;
    this.processHost = {
      spawnWorker: (listener) => this.#spawn(listener),
      killOrphans: () => {
        const orphans = [...this.#processes.values()].filter((process) => process.orphaned);
        for (const orphan of orphans) orphan.kill();
        return orphans.map(({ identity }) => identity);
      },
    };
    this.sampler = { open: (identity) => this.#open(identity) };
  }

  /** Processes that have not exited. */
  get alive(): readonly number[] {
    return [...this.#processes.keys()];
  }

  /**
   * The supervisor is gone: a worker notices within a second and ends, unless it is stopped or blocked in the kernel.
   */
  orphanAll(): void {
    for (const process of this.#processes.values()) {
      process.orphaned = true;
      const notices_ms = 1_000 * this.#random.fraction();
      if (this.#random.fraction() < stoppedShare) process.suspend();
      else this.#clock.after(notices_ms, () => process.notice());
    }
  }

  #spawn(listener: WorkerListener): ReturnType<ProcessHost['spawnWorker']> {
    if (this.#random.fraction() < this.conduct.spawnFails) {
      return fail({ reason: 'spawn_failed', message: 'no process could be started' });
    }
    while (this.#processes.has(this.#nextPid)) this.#nextPid = (this.#nextPid % pidSpace) + 1;
    const pid = this.#nextPid;
    this.#nextPid = (pid % pidSpace) + 1;
    const identity = { pid, startTicks: Math.floor(this.#clock.monotonicMs() * ticksPerMs) };
    const process = new SimulatedProcess(identity, listener, {
      clock: this.#clock,
      conductOf: this.#conductOf,
      tell: this.#tell,
      start_ms:
        this.#random.fraction() < this.conduct.startHangs
          ? Number.POSITIVE_INFINITY
          : this.#draw(this.conduct.start_ms),
      death_ms: this.#draw(this.conduct.death_ms),
      gone: () => this.#processes.delete(pid),
    });
    this.#processes.set(pid, process);
    this.#tell({ type: 'spawned', pid });
    return ok(process);
  }

  #open(identity: ProcessIdentity): Result<SampleSource, SampleFailure> {
    const process = this.#processes.get(identity.pid);
    const gone = { reason: 'process_gone', message: `process ${identity.pid} is gone` } as const;
    if (process === undefined) return fail(gone);
    return ok({
      read: () => (this.#processes.get(identity.pid) === process ? ok(process.sample()) : fail(gone)),
      readBytes: () => 0,
      close: () => undefined,
    });
  }

  #draw([least, most]: readonly [number, number]): number {
    const fraction = this.#random.fraction();
    return most === Number.POSITIVE_INFINITY && fraction < 0.5
      ? most
      : least + Math.min(most, 1_000) * fraction;
  }
}

interface ProcessDeps {
  readonly clock: Clock;
  readonly conductOf: (sql: string) => Conduct;
  readonly tell: (event: HostEvent) => void;
  readonly start_ms: number;
  readonly death_ms: number;
  readonly gone: () => void;
}

/** A statement at work. */
interface Work {
  readonly leaseId: string;
  readonly sql: string;
  readonly conduct: Conduct;
  readonly began_ms: number;
}

class SimulatedProcess implements WorkerProcess {
  readonly identity: ProcessIdentity;
  orphaned = false;
  readonly #listener: WorkerListener;
  readonly #deps: ProcessDeps;
  #work: Work | undefined;
  #cpu_ms = 0;
  #kept_bytes = freshWorker_bytes;
  #dying = false;
  #stopped = false;
  #exited = false;

  constructor(identity: ProcessIdentity, listener: WorkerListener, deps: ProcessDeps) {
    this.identity = identity;
    this.#listener = listener;
    this.#deps = deps;
    if (deps.start_ms === Number.POSITIVE_INFINITY) return;
    this.#later(deps.start_ms, () =>
      listener.message({
        type: 'ready',
        protocolVersion: workerProtocolVersion,
        buildId,
        pid: identity.pid,
        startup_ms: deps.start_ms,
      }),
    );
  }

  send(message: ToWorker): void {
    if (this.#dying || this.#exited) return;
    if (message.type === 'exit') this.#later(1, () => this.#exit({ code: 0, signal: null }));
    if (message.type === 'query') this.#begin(message.leaseId, message.sql);
  }

  pauseReading(): void {}

  resumeReading(): void {}

  /** The kernel of this host takes every limit, so nobody needs to stop a worker for its share. */
  limit(): KernelHold {
    return { memory: true, cpu: true };
  }

  throttled_ms(): number {
    return 0;
  }

  suspend(): void {
    this.#stopped = true;
  }

  resume(): void {
    this.#stopped = false;
  }

  kill(): void {
    if (this.#dying || this.#exited) return;
    this.#dying = true;
    this.#deps.tell({ type: 'signalled', pid: this.identity.pid, sql: this.#work?.sql });
    if (this.#deps.death_ms === Number.POSITIVE_INFINITY) return;
    this.#deps.clock.after(this.#deps.death_ms, () => this.#exit({ code: null, signal: 'SIGKILL' }));
  }

  /** Sees that its parent is another one and ends. */
  notice(): void {
    if (!this.#stopped && !this.#dying) this.#exit({ code: 0 });
  }

  sample(): Sample {
    const at_ms = this.#deps.clock.monotonicMs();
    const { cpu_ms, growth_bytes } = this.#used(at_ms);
    return {
      ...this.identity,
      at_ms,
      cpu_ms: this.#cpu_ms + cpu_ms,
      private_bytes: this.#kept_bytes + growth_bytes,
    };
  }

  #begin(leaseId: string, sql: string): void {
    const conduct = this.#deps.conductOf(sql);
    this.#work = { leaseId, sql, conduct, began_ms: this.#deps.clock.monotonicMs() };
    this.#deps.tell({ type: 'query', pid: this.identity.pid, leaseId, sql });
    if (conduct.runs_ms !== Number.POSITIVE_INFINITY) this.#later(conduct.runs_ms, () => this.#end(conduct));
  }

  #used(at_ms: number): { readonly cpu_ms: number; readonly growth_bytes: number } {
    if (this.#work === undefined) return { cpu_ms: 0, growth_bytes: 0 };
    const { conduct, began_ms } = this.#work;
    const ran_ms = Math.min(conduct.runs_ms, at_ms - began_ms);
    return { cpu_ms: ran_ms * conduct.cpu, growth_bytes: ran_ms * conduct.growth_bytes_ms };
  }

  #end(conduct: Conduct): void {
    const work = this.#work;
    if (work === undefined) return;
    switch (conduct.end) {
      case 'crash':
        return this.#exit({ code: null, signal: 'SIGSEGV' });
      case 'foreign_kill':
        return this.#exit({ code: null, signal: 'SIGKILL' });
      case 'heap':
        return this.#exit({
          code: null,
          signal: 'SIGABRT',
          stderrTail: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
        });
      case 'done':
      case 'failed':
        this.#answer(work, conduct);
    }
  }

  #answer({ leaseId }: Work, { failure, keeps_bytes = 0 }: Conduct): void {
    this.#cpu_ms += this.#used(this.#deps.clock.monotonicMs()).cpu_ms;
    this.#kept_bytes += keeps_bytes;
    this.#work = undefined;
    if (failure === undefined) {
      this.#listener.message({ type: 'columns', leaseId, columns: [{ name: 'n', type: 'INTEGER' }] });
      this.#listener.rows(Buffer.from('[[1]]'));
    }
    this.#listener.message({
      type: 'done',
      leaseId,
      ...(failure === undefined ? {} : { failure }),
      cost: { ...noCost, rows: failure === undefined ? 1 : 0 },
      warnings: [],
      retained_bytes: this.#kept_bytes - freshWorker_bytes,
    });
  }

  #exit(how: Partial<WorkerExit>): void {
    if (this.#exited) return;
    this.#exited = true;
    this.#deps.gone();
    this.#deps.tell({ type: 'exited', pid: this.identity.pid });
    this.#listener.exited({ code: null, signal: null, stderrTail: '', cgroupOomKills: 0, ...how });
  }

  /** What happens only if the process is still there then. */
  #later(delay_ms: number, act: () => void): void {
    this.#deps.clock.after(delay_ms, () => {
      if (!this.#dying && !this.#exited && !this.#stopped) act();
    });
  }
}
