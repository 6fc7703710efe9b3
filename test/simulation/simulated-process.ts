import type { Clock } from '../../platform/clock.ts';
import type { KernelHold, WorkerExit, WorkerListener, WorkerProcess } from '../../platform/process-host.ts';
import type { Random } from '../../platform/random.ts';
import { buildId } from '../../protocol/build-id.ts';
import { noCost } from '../../protocol/run.ts';
import type { ProcessIdentity, Sample } from '../../protocol/sample.ts';
import { type FromWorker, type ToWorker, workerProtocolVersion } from '../../protocol/worker-messages.ts';
import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import type { Conduct, HostConduct, HostEvent } from './conduct.ts';
import { RunningTime } from './running-time.ts';

const freshWorker_bytes = 60 * 2 ** 20;
/** A flood: so many bytes in each frame, one frame every so often. */
const floodFrame: Buffer = Buffer.alloc(256 * 1024, '[[1]]');
const floodEvery_ms = 2;
/** Compiling a statement takes so long. */
const prepares_ms = 1;
const someRows = 5;

/** What a process needs of its host. */
export interface ProcessDeps {
  readonly profile: WorkerProfile;
  readonly clock: Clock;
  readonly random: Random;
  readonly conductOf: (sql: string) => Conduct;
  /** How this host behaves at the moment. */
  readonly host: () => HostConduct;
  readonly tell: (event: HostEvent) => void;
  readonly start_ms: number;
  readonly death_ms: number;
  readonly exitNotice_ms: number;
  /** The pid is free again. */
  readonly gone: () => void;
}

/** A statement at work. */
interface Work {
  readonly leaseId: string;
  readonly sql: string;
  readonly conduct: Conduct;
  /** In its process's running time. */
  readonly began_ms: number;
  /** It needs a socket, which this process may not open. */
  readonly onlyPrepares: boolean;
}

/** A worker process: takes virtual time, CPU and memory, and does what its statement's conduct says. */
export class SimulatedProcess implements WorkerProcess {
  readonly identity: ProcessIdentity;
  readonly #listener: WorkerListener;
  readonly #deps: ProcessDeps;
  readonly #time: RunningTime;
  /** What it sent while nobody read. */
  #unread: (() => void)[] | undefined;
  #lastDone: FromWorker | undefined;
  #work: Work | undefined;
  #cpu_ms = 0;
  #read_bytes = 0;
  #kept_bytes = freshWorker_bytes;
  #isReady = false;
  #orphaned = false;
  #dying = false;
  #exited = false;

  constructor(identity: ProcessIdentity, listener: WorkerListener, deps: ProcessDeps) {
    this.identity = identity;
    this.#listener = listener;
    this.#deps = deps;
    this.#time = new RunningTime(deps.clock);
    if (deps.start_ms !== Number.POSITIVE_INFINITY) this.#later(deps.start_ms, () => this.#ready());
  }

  get orphaned(): boolean {
    return this.#orphaned;
  }

  /** Its supervisor is gone: nobody holds its handle any more. */
  orphan(): void {
    this.#orphaned = true;
  }

  send(message: ToWorker): void {
    if (this.#dying || this.#exited || this.#orphaned) return;
    if (message.type === 'exit' && this.#deps.random.fraction() >= this.#deps.host().staysOn)
      this.#later(1, () => this.#exit({ code: 0 }));
    if (message.type === 'query') this.#begin(message.leaseId, message.sql);
  }

  pauseReading(): void {
    this.#unread ??= [];
  }

  resumeReading(): void {
    const unread = this.#unread ?? [];
    this.#unread = undefined;
    for (const arrives of unread) arrives();
  }

  /** The kernel of this host holds nobody to a share of its CPUs: who is throttled is stopped and continued. */
  limit(): KernelHold {
    return { memory: true, cpu: false };
  }

  throttled_ms(): number {
    return 0;
  }

  suspend(): void {
    if (this.#orphaned || this.#exited || this.#time.isStopped) return;
    this.#time.stop();
    this.#deps.tell({ type: 'suspended', pid: this.identity.pid });
  }

  resume(): void {
    if (this.#orphaned || this.#exited || !this.#time.isStopped) return;
    this.#deps.tell({ type: 'resumed', pid: this.identity.pid });
    this.#time.goOn();
  }

  /** SIGSTOP from somebody else: it does nothing more, but can be killed. */
  freeze(): void {
    this.#time.stop();
  }

  kill(): void {
    if (!this.#orphaned) this.end();
  }

  /** SIGKILL, whoever sends it. */
  end(): void {
    if (this.#dying || this.#exited) return;
    this.#dying = true;
    this.#deps.tell({ type: 'signalled', pid: this.identity.pid, sql: this.#work?.sql });
    if (this.#deps.death_ms === Number.POSITIVE_INFINITY) return;
    this.#deps.clock.after(this.#deps.death_ms, () => this.#exit({ code: null, signal: 'SIGKILL' }));
  }

  /** Gone in an instant: the host lost its power. */
  vanish(): void {
    if (!this.#exited) this.#leave();
  }

  /** Whether it could be given a query. */
  get isIdle(): boolean {
    return this.#isReady && this.#work === undefined && !this.#orphaned && !this.#dying && !this.#exited;
  }

  /** SIGKILL from somebody else; its supervisor hears of it after a time. */
  lose(notice_ms: number): void {
    this.#exit({ signal: 'SIGKILL' }, notice_ms);
  }

  /** Sees that its parent is another one and ends. */
  notice(): void {
    if (!this.#time.isStopped && !this.#dying) this.#exit({ code: 0 });
  }

  sample(): Sample {
    const at_ms = this.#deps.clock.monotonicMs();
    const { cpu_ms, growth_bytes } = this.#used();
    return {
      ...this.identity,
      at_ms,
      cpu_ms: this.#cpu_ms + cpu_ms,
      private_bytes: this.#kept_bytes + growth_bytes,
    };
  }

  readBytes(): number {
    return this.#read_bytes + this.#used().read_bytes;
  }

  #ready(): void {
    const { pid } = this.identity;
    this.#isReady = true;
    this.#deps.tell({ type: 'ready', pid });
    const versions = { protocolVersion: workerProtocolVersion, buildId };
    this.#say({ type: 'ready', ...versions, pid, startup_ms: this.#deps.start_ms });
  }

  #begin(leaseId: string, sql: string): void {
    const conduct = this.#deps.conductOf(sql);
    const { profile } = this.#deps;
    const onlyPrepares = conduct.needsNet === true && profile === 'pure';
    this.#work = { leaseId, sql, conduct, began_ms: this.#time.now_ms(), onlyPrepares };
    this.#deps.tell({ type: 'query', pid: this.identity.pid, leaseId, sql, profile, onlyPrepares });
    const former = this.#lastDone;
    if (former !== undefined && this.#deps.random.fraction() < this.#deps.host().repeats)
      this.#later(1, () => this.#listener.message(former));
    if (onlyPrepares) this.#later(prepares_ms, () => this.#needsNet(leaseId, sql));
    else if (conduct.floods === true) this.#flood();
    else if (conduct.runs_ms !== Number.POSITIVE_INFINITY)
      this.#later(conduct.runs_ms, () => this.#end(conduct));
  }

  #needsNet(leaseId: string, sql: string): void {
    this.#work = undefined;
    if (this.#deps.random.fraction() < this.#deps.host().tears) return this.#tear();
    const retained_bytes = this.#kept_bytes - freshWorker_bytes;
    const said: FromWorker = { type: 'needs_net', leaseId, retained_bytes };
    this.#lastDone = said;
    this.#deps.tell({ type: 'needed_net', pid: this.identity.pid, sql });
    this.#say(said);
    if (this.#deps.random.fraction() < this.#deps.host().repeats) this.#say(said);
  }

  #flood(): void {
    this.#arrive(() => this.#listener.rows(floodFrame));
    this.#later(floodEvery_ms, () => this.#flood());
  }

  #used(): {
    readonly cpu_ms: number;
    readonly growth_bytes: number;
    readonly read_bytes: number;
  } {
    if (this.#work === undefined || this.#work.onlyPrepares)
      return { cpu_ms: 0, growth_bytes: 0, read_bytes: 0 };
    const { conduct, began_ms } = this.#work;
    const ran_ms = Math.min(conduct.runs_ms, this.#time.now_ms() - began_ms);
    return {
      cpu_ms: ran_ms * conduct.cpu,
      growth_bytes: ran_ms * conduct.growth_bytes_ms,
      read_bytes: ran_ms * (conduct.read_bytes_ms ?? 0),
    };
  }

  #end(conduct: Conduct): void {
    const work = this.#work;
    if (work === undefined) return;
    switch (conduct.end) {
      case 'crash':
        if (conduct.most_rows !== undefined) this.#sendRows(work);
        return this.#exit({ signal: 'SIGSEGV' });
      case 'foreign_kill':
        return this.#exit({ signal: 'SIGKILL' });
      case 'heap':
        return this.#exit({
          signal: 'SIGABRT',
          stderrTail: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
        });
      case 'done':
      case 'failed':
        this.#answer(work, conduct);
    }
  }

  #answer(work: Work, { failure, keeps_bytes = 0 }: Conduct): void {
    const used = this.#used();
    this.#cpu_ms += used.cpu_ms;
    this.#read_bytes += used.read_bytes;
    this.#kept_bytes += keeps_bytes;
    this.#work = undefined;
    const rows = failure === undefined ? this.#sendRows(work) : 0;
    if (this.#deps.random.fraction() < this.#deps.host().tears) return this.#tear();
    const done: FromWorker = {
      type: 'done',
      leaseId: work.leaseId,
      ...(failure === undefined ? {} : { failure }),
      cost: { ...noCost, rows },
      warnings: [],
      retained_bytes: this.#kept_bytes - freshWorker_bytes,
    };
    this.#lastDone = done;
    this.#say(done);
    if (this.#deps.random.fraction() < this.#deps.host().repeats) this.#say(done);
  }

  #sendRows({ leaseId, sql, conduct }: Work): number {
    const { random } = this.#deps;
    const { least_rows = 0, most_rows = 1 } = conduct;
    const count = least_rows + Math.floor(random.fraction() * (most_rows - least_rows + 1));
    const numbers = Array.from({ length: count }, () => [Math.floor(random.fraction() * someRows)]);
    const rows = `${JSON.stringify(numbers)}\n`;
    this.#deps.tell({ type: 'answered', pid: this.identity.pid, sql, rows });
    this.#say({ type: 'columns', leaseId, columns: [{ name: 'n', type: 'INTEGER' }] });
    // Cut as a batch is that is too long for a frame.
    const cut = Math.floor(rows.length / 2);
    this.#arrive(() => {
      this.#listener.rows(Buffer.from(rows.slice(0, cut)));
      this.#listener.rows(Buffer.from(rows.slice(cut)));
    });
    return count;
  }

  /** The frame cannot be read, so nothing after it is believed; it lives until it is killed. */
  #tear(): void {
    this.#deps.tell({ type: 'torn', pid: this.identity.pid });
    this.#arrive(() => this.#listener.protocolError('not JSON'));
  }

  #say(message: FromWorker): void {
    this.#arrive(() => this.#listener.message(message));
  }

  /** What it writes waits in the socket while nobody reads. */
  #arrive(arrives: () => void): void {
    if (this.#unread === undefined) arrives();
    else this.#unread.push(arrives);
  }

  #exit(how: Partial<WorkerExit>, notice_ms: number = this.#deps.exitNotice_ms): void {
    if (this.#exited) return;
    this.#leave();
    const exit = { code: null, signal: null, stderrTail: '', cgroupOomKills: 0, ...how };
    const heard = (): void => this.#listener.exited(exit);
    if (notice_ms === 0) heard();
    else this.#deps.clock.after(notice_ms, heard);
  }

  #leave(): void {
    this.#exited = true;
    this.#deps.tell({ type: 'exited', pid: this.identity.pid });
    this.#deps.gone();
  }

  /** What happens when the process has run for so long, if it is still there then. */
  #later(delay_ms: number, act: () => void): void {
    this.#time.after(delay_ms, () => {
      if (!this.#dying && !this.#exited) act();
    });
  }
}
