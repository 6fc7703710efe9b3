import { join } from 'node:path';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import type { Ledger } from '../../platform/ledger.ts';
import { kernelUnits } from '../../platform/node/auxv.ts';
import { noCgroups } from '../../platform/node/cgroup/worker-cgroups.ts';
import { nodeClock } from '../../platform/node/clock.ts';
import { nodeHostPressure } from '../../platform/node/host-pressure.ts';
import { createProcessHost } from '../../platform/node/process-host.ts';
import { nodeRandom } from '../../platform/node/random.ts';
import { createProcSampler } from '../../platform/node/sampler.ts';
import { type Budget, budgetOfLevel } from '../../protocol/budget.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import { ok } from '../../protocol/result.ts';
import type { ScheduledQuery } from '../../supervisor/config/config.ts';
import { Flags } from '../../supervisor/config/flags.ts';
import { emptyConfig } from '../../supervisor/config/load.ts';
import { watchdogSettings } from '../../supervisor/config/watchdog-flags.ts';
import { type Supervisor, type SupervisorPorts, startSupervisor } from '../../supervisor/supervisor.ts';
import { supervisorOptions } from '../../supervisor/supervisor-options.ts';
import { hostMonotonic_ms } from './hog-record.ts';

/** One statement and the process that it cost. */
export interface MeasuredKill {
  readonly outcome: QueryOutcome;
  readonly pid: number;
  /** Private memory of the worker when the lease began: what growth is counted from. */
  readonly baseline_bytes: number;
  /** When the query was sent, SIGKILL was sent, and the exit of the process was seen (CLOCK_MONOTONIC, milliseconds). */
  readonly started_ms: number;
  readonly signalled_ms: number;
  readonly ended_ms: number;
}

/** A supervisor that tells when it does what. */
export interface MeasuredSupervisor {
  /** Runs a statement that ends with its worker. */
  kill(statement: string, budget?: Budget): Promise<MeasuredKill>;
  stop(): Promise<void>;
}

/** What the measured supervisor does beside the statements that are run on it. */
export interface SideWork {
  readonly ledger: Ledger;
  readonly schedule: readonly ScheduledQuery[];
}

/** Node's arguments for a worker of scripted-worker.ts, which notes into files that begin with this path. */
export const scriptedWorker = (record: string): readonly string[] => [
  '--max-semi-space-size=1',
  join(import.meta.dirname, 'scripted-worker.ts'),
  record,
];

/** The real thing, but that its workers are started with these arguments of Node. */
export const startMeasured = async (
  workerArgs: readonly string[],
  beside?: SideWork,
): Promise<MeasuredSupervisor> => {
  const exits = new Map<number, (at_ms: number) => void>();
  const baselines = new Map<number, number>();
  const signals = new Map<number, number>();
  const sampler = createProcSampler(nodeClock, kernelUnits());
  const host = createProcessHost({
    cgroups: noCgroups,
    store: '',
    command: process.execPath,
    argsOf: () => workerArgs,
  });
  const ports: SupervisorPorts = {
    clock: nodeClock,
    random: nodeRandom,
    pressure: nodeHostPressure,
    store: inMemoryGuardStore(),
    ledger: beside?.ledger,
    self: undefined,
    sampler: {
      open: (identity) => {
        const source = sampler.open(identity);
        const first = source.ok ? source.value.read() : source;
        if (first.ok) baselines.set(identity.pid, first.value.private_bytes);
        return source;
      },
    },
    processHost: {
      ...host,
      spawnWorker: (profile, listener) => {
        let pid = 0;
        const spawned = host.spawnWorker(profile, {
          ...listener,
          exited: (exit) => {
            exits.get(pid)?.(hostMonotonic_ms());
            listener.exited(exit);
          },
        });
        if (!spawned.ok) return spawned;
        const worker = spawned.value;
        pid = worker.identity.pid;
        const kill = (): void => {
          signals.set(pid, hostMonotonic_ms());
          worker.kill();
        };
        return ok({ ...worker, kill });
      },
    },
  };
  const flags = new Flags();
  const config = { ...emptyConfig, schedule: beside?.schedule ?? [] };
  const options = supervisorOptions(
    { config, flags, valid: true },
    {
      emit: () => undefined,
      watchdog: watchdogSettings(flags, 1),
      flags: () => flags,
      hostIdentifier: 'benchmark',
      info: () => ({}),
      configTables: () => [],
      prometheusTargets: () => undefined,
      yaraSignatures: () => new Map(),
    },
  );
  const started = await startSupervisor(ports, options);
  if (!started.ok) throw new Error(started.error.message);
  const supervisor: Supervisor = started.value;
  return {
    kill: async (statement, budget = budgetOfLevel['0']) => {
      let pid = 0;
      let started_ms = Number.NaN;
      let ended: Promise<number> | undefined;
      const outcome = await new Promise<QueryOutcome>((resolve) => {
        supervisor.query(
          { sql: statement, by: { uid: 0 }, budget },
          {
            started: (lease) => {
              started_ms = hostMonotonic_ms();
              pid = lease.worker.pid;
              ended = new Promise((seen) => exits.set(pid, seen));
            },
            columns: () => undefined,
            rows: () => 'more',
            done: resolve,
          },
        );
      });
      if (ended === undefined) throw new Error(outcome.failure?.message ?? 'it never started');
      const ended_ms = await ended;
      const signalled_ms = signals.get(pid) ?? Number.NaN;
      const baseline_bytes = baselines.get(pid) ?? 0;
      return { outcome, pid, baseline_bytes, started_ms, signalled_ms, ended_ms };
    },
    stop: () => supervisor.stop(),
  };
};
