import type { GuardStore } from '../../platform/guard-store.ts';
import type { HostPressureProbe } from '../../platform/host-pressure.ts';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import { SimulatedClock } from '../../platform/simulated-clock.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { ScheduledQuery } from '../../supervisor/config/config.ts';
import { type Supervisor, startSupervisor } from '../../supervisor/supervisor.ts';
import { type Conduct, type HostEvent, quick, SimulatedHost } from './simulated-host.ts';
import { type SimulatedLedger, simulatedLedger } from './simulated-ledger.ts';

/** One line of a life: what the host, the store and the daemon did, in the order in which it happened. */
export type Step =
  | (HostEvent & { readonly at_ms: number })
  | {
      readonly type: 'store';
      readonly call: keyof GuardStore;
      readonly subject: string;
      readonly at_ms: number;
    }
  | { readonly type: 'said'; readonly event: DaemonEvent; readonly at_ms: number };

/** What a simulated life is made of. */
export interface LifeOptions {
  readonly seed?: number;
  /** Statements by name; each runs every ten seconds. */
  readonly schedule?: Readonly<Record<string, Conduct>>;
  readonly interval_s?: number;
  readonly store?: GuardStore;
  readonly pressure?: HostPressureProbe;
  readonly denial_ms?: readonly number[];
  readonly maxWorkers?: number;
}

/** The real supervisor on a simulated host. */
export interface Life {
  readonly clock: SimulatedClock;
  readonly host: SimulatedHost;
  readonly supervisor: Supervisor;
  readonly ledger: SimulatedLedger;
  readonly steps: readonly Step[];
  /** Runs a statement of its own kind outside the schedule. */
  ask(sql: string): Promise<QueryOutcome>;
  /** Sets what a statement does from now on. */
  teach(sql: string, conduct: Conduct): void;
}

const calm: HostPressureProbe = {
  read: () =>
    Promise.resolve({
      cpuSome_percent: 0,
      ioSome_percent: 0,
      loadPerCore: 0,
      memoryAvailable_bytes: 2 ** 33,
      memoryTotal_bytes: 2 ** 34,
      battery_percent: undefined,
    }),
};

/** Notes each write, whether it succeeded or not. */
const noting = (store: GuardStore, note: (call: keyof GuardStore, subject: string) => void): GuardStore => ({
  ...store,
  putLease: (lease) => {
    note('putLease', lease.leaseId);
    return store.putLease(lease);
  },
  endLease: (leaseId) => {
    note('endLease', leaseId);
    return store.endLease(leaseId);
  },
  putVerdict: (verdict, denial) => {
    note('putVerdict', String(verdict.worker.pid));
    return store.putVerdict(verdict, denial);
  },
});

export const scheduled = (name: string, interval_s: number): ScheduledQuery => ({
  name,
  sql: name,
  interval_s,
  snapshot: false,
  removed: true,
  denylist: true,
  startup_priority: undefined,
  budget: budgetOfLevel['0'],
});

/** Starts a life. Nothing happens in it but what `clock.advance` lets happen. */
export const startLife = async (options: LifeOptions = {}): Promise<Life> => {
  const clock = new SimulatedClock();
  const random = seededRandom(options.seed ?? 1);
  const steps: Step[] = [];
  const conducts = new Map(Object.entries(options.schedule ?? {}));
  const host = new SimulatedHost(
    clock,
    random,
    (sql) => conducts.get(sql) ?? quick,
    (event) => steps.push({ ...event, at_ms: clock.monotonicMs() }),
  );
  const ledger = simulatedLedger();
  const interval_s = options.interval_s ?? 10;
  const starting = startSupervisor(
    {
      clock,
      random,
      processHost: host.processHost,
      sampler: host.sampler,
      pressure: options.pressure ?? calm,
      store: noting(options.store ?? inMemoryGuardStore(), (call, subject) =>
        steps.push({ type: 'store', call, subject, at_ms: clock.monotonicMs() }),
      ),
      ledger,
      self: undefined,
    },
    {
      schedule: [...conducts.keys()].map((name) => scheduled(name, interval_s)),
      splayPercent: 0,
      limits: {
        maxWorkers: options.maxWorkers ?? 8,
        maxUnkillable: 2,
        concurrency: { scheduled: 2, live: 2, probation: 1 },
        slow_ms: 250,
        maxQueued: 1_000,
        idle_ms: 10_000,
        lastIdle_ms: 60_000,
      },
      denial_ms: options.denial_ms ?? [600_000, 3_600_000, 86_400_000],
      lineOptions: () => ({
        hostIdentifier: 'host',
        eventLines: true,
        snapshotEventLines: false,
        numerics: false,
        epoch: 0,
        decorations: {},
        decorationsTopLevel: false,
      }),
      info: () => ({}),
      flags: () => [],
      emit: (event) => steps.push({ type: 'said', event, at_ms: clock.monotonicMs() }),
    },
  );
  await clock.advance(0);
  const started = await starting;
  if (!started.ok) throw new Error(started.error.message);
  const supervisor = started.value;
  return {
    clock,
    host,
    supervisor,
    ledger,
    steps,
    teach: (sql, conduct) => void conducts.set(sql, conduct),
    ask: (sql) =>
      new Promise((resolve) => {
        supervisor.query(
          { sql, uid: 0, budget: budgetOfLevel['0'] },
          { columns: () => undefined, rows: () => 'more', done: resolve },
        );
      }),
  };
};
