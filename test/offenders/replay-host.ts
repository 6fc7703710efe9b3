import type { Clock } from '../../platform/clock.ts';
import type { ProcessHost, WorkerListener, WorkerProcess } from '../../platform/process-host.ts';
import type { Sampler } from '../../platform/sampler.ts';
import type { Budget } from '../../protocol/budget.ts';
import { buildId } from '../../protocol/build-id.ts';
import { fail, ok } from '../../protocol/result.ts';
import { noCost, type QueryFailure } from '../../protocol/run.ts';
import type { ProcessIdentity, Sample } from '../../protocol/sample.ts';
import { type ToWorker, workerProtocolVersion } from '../../protocol/worker-messages.ts';
import { type Demand, naturalEnd_ms, reachesCpu_ms, usageAt } from './demand.ts';

const fresh_bytes = 60 * 2 ** 20;
const start_ms = 100;
const death_ms = 5;
/** The kernel counts CPU time in ticks of so long. */
const tick_ms = 10;
/** Fewer than a life needs, so that pids are reused. */
const pids = 12;

/** Processes that do in virtual time what their demand says, for the product's supervisor. */
export class ReplayHost {
  readonly processHost: ProcessHost;
  readonly sampler: Sampler;
  readonly #processes = new Map<number, ReplayProcess>();
  #nextPid = 1;

  constructor(clock: Clock, demandOf: (sql: string) => Demand) {
    this.processHost = {
      killOrphans: () => [],
      spawnWorker: (_profile, listener) => {
        while (this.#processes.has(this.#nextPid)) this.#nextPid = (this.#nextPid % pids) + 1;
        const pid = this.#nextPid;
        this.#nextPid = (pid % pids) + 1;
        const identity = { pid, startTicks: Math.floor(clock.monotonicMs() / tick_ms) };
        const gone = (): void => void this.#processes.delete(pid);
        const process = new ReplayProcess(identity, listener, clock, demandOf, gone);
        this.#processes.set(pid, process);
        return ok(process);
      },
    };
    this.sampler = {
      open: ({ pid }) => {
        const process = this.#processes.get(pid);
        const message = `process ${pid} is gone`;
        if (process === undefined) return fail({ reason: 'process_gone', message });
        return ok({
          // A kept descriptor of /proc/<pid> never shows a later process.
          read: () =>
            this.#processes.get(pid) === process
              ? ok(process.sample())
              : fail({ reason: 'process_gone', message }),
          readBytes: () => 0,
          close: () => undefined,
        });
      },
    };
  }
}

interface Work {
  readonly leaseId: string;
  readonly demand: Demand;
  readonly began_ms: number;
}

class ReplayProcess implements WorkerProcess {
  readonly identity: ProcessIdentity;
  readonly #listener: WorkerListener;
  readonly #clock: Clock;
  readonly #demandOf: (sql: string) => Demand;
  readonly #gone: () => void;
  #work: Work | undefined;
  #cpu_ms = 0;
  #kept_bytes = fresh_bytes;
  #dying = false;

  constructor(
    identity: ProcessIdentity,
    listener: WorkerListener,
    clock: Clock,
    demandOf: (sql: string) => Demand,
    gone: () => void,
  ) {
    this.identity = identity;
    this.#listener = listener;
    this.#clock = clock;
    this.#demandOf = demandOf;
    this.#gone = gone;
    this.#later(start_ms, () =>
      listener.message({
        type: 'ready',
        protocolVersion: workerProtocolVersion,
        buildId,
        pid: identity.pid,
        startup_ms: start_ms,
      }),
    );
  }

  send(message: ToWorker): void {
    if (message.type === 'exit') this.#later(1, () => this.#exit(null));
    if (message.type === 'query') this.#begin(message.leaseId, this.#demandOf(message.sql), message.budget);
  }

  pauseReading(): void {}
  resumeReading(): void {}
  suspend(): void {}
  resume(): void {}

  limit(): { readonly memory: boolean; readonly cpu: boolean } {
    return { memory: false, cpu: false };
  }

  throttled_ms(): number {
    return 0;
  }

  kill(): void {
    if (this.#dying) return;
    this.#dying = true;
    this.#clock.after(death_ms, () => this.#exit('SIGKILL'));
  }

  sample(): Sample {
    const at_ms = this.#clock.monotonicMs();
    const { cpu_ms, growth_bytes } = this.#used(at_ms);
    return {
      ...this.identity,
      at_ms,
      cpu_ms: Math.floor((this.#cpu_ms + cpu_ms) / tick_ms) * tick_ms,
      private_bytes: this.#kept_bytes + growth_bytes,
    };
  }

  /** The engine stops a run at its time budgets by itself, unless it is stuck in one operation. */
  #begin(leaseId: string, demand: Demand, budget: Budget): void {
    this.#work = { leaseId, demand, began_ms: this.#clock.monotonicMs() };
    const ends_ms = naturalEnd_ms(demand);
    const cpu_ms = demand.uninterruptible ? ends_ms : reachesCpu_ms(demand, budget.cpu_ms);
    const wall_ms = demand.uninterruptible ? ends_ms : budget.wall_ms;
    const first_ms = Math.min(ends_ms, cpu_ms, wall_ms);
    if (first_ms === Number.POSITIVE_INFINITY) return;
    const limit = first_ms === ends_ms ? undefined : first_ms === cpu_ms ? 'cpu_ms' : 'wall_ms';
    const failure: QueryFailure | undefined =
      limit === undefined
        ? undefined
        : { reason: 'limit', message: `stopped at ${limit}`, limit, measured: budget[limit] };
    this.#later(first_ms, () => this.#answer(leaseId, failure));
  }

  #answer(leaseId: string, failure: QueryFailure | undefined): void {
    const work = this.#work;
    if (work === undefined) return;
    this.#cpu_ms += this.#used(this.#clock.monotonicMs()).cpu_ms;
    this.#kept_bytes += work.demand.kept_bytes;
    this.#work = undefined;
    this.#listener.message({
      type: 'done',
      leaseId,
      ...(failure === undefined ? {} : { failure }),
      cost: noCost,
      warnings: [],
      retained_bytes: this.#kept_bytes - fresh_bytes,
    });
  }

  #used(at_ms: number): { readonly cpu_ms: number; readonly growth_bytes: number } {
    if (this.#work === undefined) return { cpu_ms: 0, growth_bytes: 0 };
    return usageAt(this.#work.demand, at_ms - this.#work.began_ms);
  }

  #exit(signal: 'SIGKILL' | null): void {
    this.#dying = true;
    this.#gone();
    this.#listener.exited({ code: null, signal, stderrTail: '', cgroupOomKills: 0 });
  }

  #later(delay_ms: number, act: () => void): void {
    this.#clock.after(delay_ms, () => {
      if (!this.#dying) act();
    });
  }
}
