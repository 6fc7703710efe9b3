import { readFileSync } from 'node:fs';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import { noCgroups } from '../../platform/node/cgroup/worker-cgroups.ts';
import { createProcessHost } from '../../platform/node/process-host.ts';
import { workerFlags } from '../../platform/node/worker-flags.ts';
import type { ProcessHost, WorkerProcess } from '../../platform/process-host.ts';
import type { Sampler } from '../../platform/sampler.ts';
import type { Budget } from '../../protocol/budget.ts';
import type { ConfigTable } from '../../protocol/config-tables.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { Lease } from '../../protocol/lease.ts';
import { ok } from '../../protocol/result.ts';
import type { Sample } from '../../protocol/sample.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import type { DistributedOptions } from '../../supervisor/distributed/poller.ts';
import type { ExtensionRoster } from '../../supervisor/extensions/life/extension-roster.ts';
import { nodePorts, workerHeap_mb } from '../../supervisor/node-ports.ts';
import { runtimeLayout } from '../../supervisor/runtime-layout.ts';
import { startSupervisor } from '../../supervisor/supervisor.ts';
import { workerEntry } from '../workers/worker-entry.ts';
import { wideOptions } from './wide-options.ts';

/** What the guard saw, and for how long the worker had been ready to run by then while others had its CPU. */
export interface Look extends Sample {
  readonly waited_ms: number;
}

/** One run of a statement in a real worker. */
export interface RealRun {
  readonly outcome: QueryOutcome;
  /** Undefined when it was refused before it got a worker. */
  readonly lease: Lease | undefined;
  /** The first look and those that the guard took, oldest first. */
  readonly looks: readonly Look[];
  /** Verdicts about this lease. */
  readonly verdicts: readonly Verdict[];
  /** Other workers that ran a query at its end. */
  readonly busyBeside: number;
}

/** A supervisor with real workers whose looks are kept. */
export interface RealHost {
  run(sql: string, budget: Budget, started?: (lease: Lease) => void): Promise<RealRun>;
  /** What the log said. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** How wide the host is, and what its workers are. */
export interface RealHostOptions {
  /** Live queries that run side by side. */
  readonly lanes: number;
  /** Arguments of Node for a worker; the product's own where absent. */
  readonly workerArgs?: readonly string[];
  /** Absent: no distributed queries. */
  readonly distributed?: DistributedOptions;
  /** None where absent. */
  readonly extensions?: ExtensionRoster;
  /** Of the config; none where absent. */
  readonly configTables?: () => readonly ConfigTable[];
}

/**
 * The product's supervisor on this host, with its store in memory and real workers; only its sampler is wrapped,
 * so that every look it takes is kept, and its lane for live queries is as wide as asked.
 */
export const startRealHost = async ({
  lanes,
  workerArgs,
  distributed,
  extensions,
  configTables,
}: RealHostOptions): Promise<RealHost> => {
  const layout = runtimeLayout(new URL('../../supervisor/supervisor.ts', import.meta.url).href);
  const ports = nodePorts(layout, {
    directory: '',
    store: inMemoryGuardStore(),
    ledger: undefined,
    cgroups: noCgroups,
  });
  const looks = new Map<number, Look[]>();
  const log: string[] = [];
  const verdicts: Verdict[] = [];
  const options = wideOptions(lanes, (event) => {
    if (event.type === 'log') log.push(event.message);
    if (event.type === 'verdict') verdicts.push(event.verdict);
  });
  const processHost = createProcessHost({
    command: process.execPath,
    argsOf: (profile) => workerArgs ?? [...workerFlags({ oldSpace_mb: workerHeap_mb, profile }), workerEntry],
    store: '',
    cgroups: noCgroups,
  });
  const workers = new Set<WorkerProcess>();
  // One that is stuck inside an operation would not notice that its parent is gone.
  const endAll = (): void => {
    for (const worker of workers) worker.kill();
  };
  process.once('exit', endAll);
  const started = await startSupervisor(
    {
      ...ports,
      processHost: remembering(processHost, workers),
      sampler: keeping(ports.sampler, looks),
    },
    {
      ...options,
      ...(distributed === undefined ? {} : { distributed }),
      ...(extensions === undefined ? {} : { extensions }),
      ...(configTables === undefined ? {} : { configTables }),
    },
  );
  if (!started.ok) throw new Error(started.error.message);
  const supervisor = started.value;
  return {
    log,
    run: (sql, budget, began) =>
      new Promise((resolve) => {
        let lease: Lease | undefined;
        supervisor.query(
          { sql, by: { uid: 0 }, budget },
          {
            started: (granted) => {
              lease = granted;
              began?.(granted);
            },
            columns: () => undefined,
            rows: () => 'more',
            done: (outcome) => {
              const leaseId = lease?.leaseId;
              resolve({
                outcome,
                lease,
                looks: lease === undefined ? [] : since(looks.get(lease.worker.pid) ?? [], lease),
                verdicts: verdicts.filter((verdict) => verdict.leaseId === leaseId),
                busyBeside: supervisor.roster
                  .entries()
                  .filter((entry) => entry.lease !== undefined && entry.lease.leaseId !== leaseId).length,
              });
            },
          },
        );
      }),
    stop: async () => {
      await supervisor.stop();
      process.removeListener('exit', endAll);
    },
  };
};

/** Keeps the processes that are there. */
const remembering = (host: ProcessHost, workers: Set<WorkerProcess>): ProcessHost => ({
  ...host,
  spawnWorker: (profile, listener) => {
    const spawned = host.spawnWorker(profile, {
      ...listener,
      exited: (exit) => {
        if (spawned.ok) workers.delete(spawned.value);
        listener.exited(exit);
      },
    });
    if (spawned.ok) workers.add(spawned.value);
    return spawned;
  },
});

const since = (looks: readonly Look[], { worker, grantedAt_ms }: Lease): readonly Look[] =>
  looks.filter(({ startTicks, at_ms }) => startTicks === worker.startTicks && at_ms >= grantedAt_ms);

/** Second field of /proc/<pid>/schedstat (kernel: scheduler/sched-stats), in nanoseconds there; 0 where there is none. */
const waited_ms = (pid: number): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
};

/** Keeps what the supervisor sees. */
const keeping = (sampler: Sampler, looks: Map<number, Look[]>): Sampler => ({
  open: (identity) => {
    const opened = sampler.open(identity);
    if (!opened.ok) return opened;
    const source = opened.value;
    const kept = looks.get(identity.pid) ?? [];
    looks.set(identity.pid, kept);
    return ok({
      ...source,
      read: () => {
        const sample = source.read();
        if (sample.ok) kept.push({ ...sample.value, waited_ms: waited_ms(identity.pid) });
        return sample;
      },
      readBytes: () => source.readBytes(),
      close: () => source.close(),
    });
  },
});
