import type { Clock } from '../platform/clock.ts';
import type { SelfMeter } from '../platform/node/self-meter.ts';
import type { Budget } from '../protocol/budget.ts';
import { decisiveShare } from '../protocol/extension/waits.ts';
import { type HostFiles, type HostFilesUsage, readMax_bytes } from '../protocol/host-files.ts';
import type { HostNetwork } from '../protocol/host-network.ts';
import type { RunCost } from '../protocol/run.ts';
import type { HostFacts } from '../protocol/table.ts';
import type { ToWorker } from '../protocol/worker-messages.ts';
import type { WorkerChannel } from './channel.ts';
import type { Engine } from './engine/engine.ts';
import type { EngineOutcome, EngineRun } from './engine/engine-run.ts';
import { type CpuTime, RunGuard } from './engine/run-guard.ts';
import { ScanTraces } from './engine/scan-traces.ts';
import { Waiting } from './engine/waiting.ts';
import { WaitMeter } from './extension-waits.ts';
import { guardedFiles } from './guarded-files.ts';
import { guardedNetwork } from './guarded-network.ts';

type QueryMessage = Extract<ToWorker, { type: 'query' }>;

/** The file door of one run, which counts what the run touches. */
export type CountedFiles = HostFiles & { usage(): HostFilesUsage; received(count: number): void };

/** What the network door of one run goes by. */
export interface DoorOfRun {
  /** Aborted when the run is over: every socket is closed then. */
  readonly over: AbortSignal;
  /** Counts bytes against the budget of the run; throws when it is used up. */
  readonly received: (count: number) => void;
  /**
   * The largest answer to one call: as large as a result may be. An answer that fills the run's budget by itself is too
   * large, which is the doing of who sent it; one that only comes on top of others is not, and the budget ends the run.
   */
  readonly answerMax_bytes: () => number;
}

/** Opens the network door of one run. */
export type OpenNetwork = (run: DoorOfRun) => HostNetwork;

/** What a runner works with. */
export interface RunnerParts {
  readonly engine: Engine;
  readonly channel: WorkerChannel;
  readonly meter: SelfMeter;
  readonly host: HostFacts;
  /** A fresh door for each run, with the run's budget of bytes and paths. */
  readonly openFiles: (budget: Budget) => CountedFiles;
}

/**
 * A full collection takes longer than a small query; growth since the last one under this stays far from the 32 MB at
 * which a worker is recycled, so it is reported as it is.
 */
const collectAbove_bytes = 8 * 1024 * 1024;
const maxWarnings = 100;

/** A lease at work, and what the worker was before it. */
interface Work {
  readonly leaseId: string;
  readonly guard: RunGuard;
  readonly files: CountedFiles;
  readonly run: EngineRun;
  readonly warnings: ReadonlySet<string>;
  readonly waits: WaitMeter;
  readonly cpuBefore: CpuTime;
  readonly privateBefore_bytes: number;
}

/** Runs one lease after another and accounts for each. */
export class QueryRunner {
  readonly #parts: RunnerParts;
  /** Private memory of the warm worker: what later growth is measured from. */
  readonly #baseline_bytes: number;
  /** Private memory after the last collection: what is left then is no garbage, so it is not looked for again. */
  #collected_bytes: number;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#baseline_bytes = parts.meter.privateBytes();
    this.#collected_bytes = this.#baseline_bytes;
  }

  /** Runs one query and sends columns, rows and `done`; or `needs_net` alone. */
  run(message: QueryMessage): void {
    const work = this.#begin(message);
    this.#finish(work, this.#parts.engine.run(work.run));
  }

  /** The same in a worker that may open sockets: the query may wait for them, and the process's loop turns meanwhile. */
  async runWaiting(message: QueryMessage, clock: Pick<Clock, 'after'>, open: OpenNetwork): Promise<void> {
    const { engine, channel } = this.#parts;
    const work = this.#begin(message);
    const { leaseId, budget } = message;
    const { guard, files, run, waits } = work;
    const waiting = new Waiting(guard, clock, () => {
      channel.endIfClosed();
      waits.look();
    });
    const [read_bytes, result_bytes] = [budget.read_mb * 2 ** 20, budget.result_mb * 2 ** 20];
    const door = open({
      over: waiting.over,
      received: (count) => files.received(count),
      answerMax_bytes: () =>
        Math.min(result_bytes, Math.max(read_bytes - files.usage().read_bytes, read_bytes / 2)),
    });
    const outcome = await engine.runWaiting({
      ...run,
      waiting: {
        network: guardedNetwork(door, guard, waits),
        until: (promise) => waiting.until(promise),
        reads: (uuids) => channel.send({ type: 'reads', leaseId, uuids }),
      },
    });
    waiting.end();
    this.#finish(work, outcome);
  }

  #begin({ leaseId, sql, budget, trace }: QueryMessage): Work {
    const { channel, meter, host, openFiles } = this.#parts;
    const guard = new RunGuard(budget, meter);
    const files = openFiles(budget);
    const warnings = new Set<string>();
    const traces =
      trace === true
        ? new ScanTraces({ usage: () => files.usage(), monotonicMs: () => meter.monotonicMs() })
        : undefined;
    const run: EngineRun = {
      traces,
      sql,
      budget,
      guard,
      services: {
        files: guardedFiles(files, guard),
        host,
        askSupervisor: (table, key) => guard.unchargedWhile(() => channel.ask(table, key)),
        warn: (text) => {
          if (warnings.size < maxWarnings) warnings.add(text);
        },
      },
      sink: {
        columns: (columns) => channel.send({ type: 'columns', leaseId, columns }),
        rows: (frame) => guard.unchargedWhile(() => channel.sendRows(frame)),
      },
    };
    const before = { cpuBefore: meter.cpu(), privateBefore_bytes: meter.privateBytes() };
    const waits = new WaitMeter(
      () => meter.monotonicMs(),
      budget.wall_ms * decisiveShare,
      (told) => channel.send({ type: 'waits', leaseId, waits: told }),
    );
    return { leaseId, guard, files, run, warnings, waits, ...before };
  }

  #finish({ leaseId, guard, files, run, warnings, waits, ...before }: Work, outcome: EngineOutcome): void {
    const { channel, meter, host } = this.#parts;
    const waited = waits.report();
    if (outcome.needsNet) {
      return channel.send({ type: 'needs_net', leaseId, retained_bytes: this.#retained() });
    }
    const cpu = meter.cpu();
    const usage = files.usage();
    const cost: RunCost = {
      wall_ms: guard.wall_ms,
      user_ms: cpu.user_ms - before.cpuBefore.user_ms,
      system_ms: cpu.system_ms - before.cpuBefore.system_ms,
      memory_bytes: Math.max(0, meter.privateBytes() - before.privateBefore_bytes),
      ...countsOf(outcome, usage),
    };
    channel.send({
      type: 'done',
      leaseId,
      ...(outcome.failure === undefined ? {} : { failure: outcome.failure }),
      cost,
      ...(waited === undefined ? {} : { waits: waited }),
      warnings: [...warnings, ...usage.too_large.map(tooLarge), ...emptyForDenials(cost, host.uid)],
      ...(run.traces === undefined ? {} : { trace: run.traces.list() }),
      retained_bytes: this.#retained(),
    });
  }

  /** What stays over the baseline. A broken engine counts as all there is, so that the worker is recycled. */
  #retained(): number {
    const { engine, meter } = this.#parts;
    if (engine.broken) return Number.MAX_SAFE_INTEGER;
    const private_bytes = meter.privateBytes();
    if (private_bytes - this.#collected_bytes <= collectAbove_bytes)
      return Math.max(0, private_bytes - this.#baseline_bytes);
    meter.collectGarbage();
    this.#collected_bytes = meter.privateBytes();
    return Math.max(0, this.#collected_bytes - this.#baseline_bytes);
  }
}

/** Nobody shall hide something in a file by making it larger than what is read. */
const tooLarge = (path: string): string =>
  `${path} is larger than ${readMax_bytes / 2 ** 20} MiB (read_max): nothing in it was read`;

/** An empty result reads like a clean host. Where the kernel kept something back, that is said. */
const emptyForDenials = ({ rows, denied_reads }: RunCost, uid: number): readonly string[] => {
  if (rows > 0 || denied_reads === 0) return [];
  const denied = denied_reads === 1 ? '1 read was' : `${denied_reads} reads were`;
  const remedy = uid === 0 ? 'a container or a security module keeps it back' : 'root may see more';
  return [`there are no rows, and ${denied} denied to user ${uid}: ${remedy}`];
};

const countsOf = (
  { rows, result_bytes }: EngineOutcome,
  { read_bytes, paths, denied_reads }: HostFilesUsage,
): Pick<RunCost, 'rows' | 'result_bytes' | 'read_bytes' | 'paths' | 'denied_reads'> => ({
  rows,
  result_bytes,
  read_bytes,
  paths,
  denied_reads,
});
