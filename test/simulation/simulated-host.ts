import type { Clock } from '../../platform/clock.ts';
import type { ProcessHost, WorkerListener } from '../../platform/process-host.ts';
import type { Random } from '../../platform/random.ts';
import type { SampleFailure, Sampler, SampleSource } from '../../platform/sampler.ts';
import { fail, ok, type Result } from '../../protocol/result.ts';
import type { ProcessIdentity, Sample } from '../../protocol/sample.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import { type Conduct, type HostConduct, type HostEvent, healthyHost } from './conduct.ts';
import { SimulatedProcess } from './simulated-process.ts';

export { type Conduct, healthyHost, quick } from './conduct.ts';

/** Small, so that pids come round and are reused. */
const pidSpace = 500;
const ticksPerMs = 0.1;
/** Of the workers that a dying supervisor leaves. */
const stoppedShare = 0.2;
/** From the end of a process to the moment at which its supervisor hears of it, at most. */
const latestNews_ms = 300;
const stranger_bytes = 64 * 2 ** 30;
const stranger_cpu_ms = 10_000_000;

/** A host of simulated processes: they take virtual time, and do what `conductOf` says of their statement. */
export class SimulatedHost {
  readonly processHost: ProcessHost;
  readonly sampler: Sampler;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #conductOf: (sql: string) => Conduct;
  readonly #tell: (event: HostEvent) => void;
  readonly #processes = new Map<number, SimulatedProcess>();
  /** Processes of somebody else that got the pid of a dead worker, by pid: when they began. */
  readonly #strangers = new Map<number, number>();
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
      spawnWorker: (profile, listener) => this.#spawn(profile, listener),
      killOrphans: () => {
        const orphans = [...this.#processes.values()].filter((process) => process.orphaned);
        for (const orphan of orphans) orphan.end();
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
      process.orphan();
      const notices_ms = 1_000 * this.#random.fraction();
      if (this.#random.fraction() < stoppedShare) process.freeze();
      else this.#clock.after(notices_ms, () => process.notice());
    }
  }

  /** Somebody kills workers that run nothing, this share of them; the news comes late. */
  loseIdle(share: number): void {
    for (const process of [...this.#processes.values()])
      if (process.isIdle && this.#random.fraction() < share)
        process.lose(this.#random.fraction() * latestNews_ms);
  }

  /** The host goes down and comes up again: no process is left. */
  losePower(): void {
    for (const process of [...this.#processes.values()]) process.vanish();
    this.#strangers.clear();
  }

  #spawn(profile: WorkerProfile, listener: WorkerListener): ReturnType<ProcessHost['spawnWorker']> {
    if (this.#random.fraction() < this.conduct.spawnFails) {
      this.#tell({ type: 'spawn_failed' });
      return fail({ reason: 'spawn_failed', message: 'no process could be started' });
    }
    const pid = this.#freePid();
    const identity = { pid, startTicks: this.#ticks() };
    const process = new SimulatedProcess(identity, listener, {
      profile,
      clock: this.#clock,
      random: this.#random,
      conductOf: this.#conductOf,
      host: () => this.conduct,
      tell: this.#tell,
      start_ms:
        this.#random.fraction() < this.conduct.startHangs
          ? Number.POSITIVE_INFINITY
          : this.#draw(this.conduct.start_ms),
      death_ms: this.#draw(this.conduct.death_ms),
      exitNotice_ms: this.#draw(this.conduct.exitNotice_ms),
      gone: () => this.#gone(pid),
    });
    this.#processes.set(pid, process);
    this.#tell({ type: 'spawned', pid, profile });
    return ok(process);
  }

  #gone(pid: number): void {
    this.#processes.delete(pid);
    if (this.#random.fraction() >= this.conduct.strangers) return;
    this.#strangers.set(pid, this.#ticks() + 1);
    this.#tell({ type: 'stranger', pid });
  }

  #freePid(): number {
    while (this.#processes.has(this.#nextPid) || this.#strangers.has(this.#nextPid))
      this.#nextPid = (this.#nextPid % pidSpace) + 1;
    const pid = this.#nextPid;
    this.#nextPid = (pid % pidSpace) + 1;
    return pid;
  }

  #ticks(): number {
    return Math.floor(this.#clock.monotonicMs() * ticksPerMs);
  }

  #open(identity: ProcessIdentity): Result<SampleSource, SampleFailure> {
    const process = this.#processes.get(identity.pid);
    const gone = { reason: 'process_gone', message: `process ${identity.pid} is gone` } as const;
    if (process === undefined || process.identity.startTicks !== identity.startTicks) return fail(gone);
    const read = (): Sample | undefined =>
      this.#processes.get(identity.pid) === process ? process.sample() : this.#stranger(identity.pid);
    let closed = false;
    return ok({
      read: () => {
        const sample = closed ? undefined : read();
        return sample === undefined ? fail(gone) : ok(sample);
      },
      readBytes: () => (closed ? undefined : process.readBytes()),
      close: () => {
        closed = true;
      },
    });
  }

  /** A sampler that goes by the pid alone, as the portable one does, shows the stranger. */
  #stranger(pid: number): Sample | undefined {
    const startTicks = this.#strangers.get(pid);
    if (startTicks === undefined) return undefined;
    const at_ms = this.#clock.monotonicMs();
    return { pid, startTicks, at_ms, cpu_ms: stranger_cpu_ms, private_bytes: stranger_bytes };
  }

  #draw([least, most]: readonly [number, number]): number {
    if (most === 0) return 0;
    const fraction = this.#random.fraction();
    if (most === Number.POSITIVE_INFINITY) return fraction < 0.5 ? most : least;
    return least + (most - least) * fraction;
  }
}
