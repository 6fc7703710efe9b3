import type { Clock } from '../../platform/clock.ts';
import type { GuardStore } from '../../platform/guard-store.ts';
import type { HostPressureProbe } from '../../platform/host-pressure.ts';
import { inMemoryGuardStore } from '../../platform/in-memory-guard-store.ts';
import type { ProcessHost } from '../../platform/process-host.ts';
import type { Random } from '../../platform/random.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import { SimulatedClock } from '../../platform/simulated-clock.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { ScheduledQuery } from '../../supervisor/config/config.ts';
import { levelLimits } from '../../supervisor/limits/effective.ts';
import { type Supervisor, startSupervisor } from '../../supervisor/supervisor.ts';
import { type Conduct, type HostEvent, quick, SimulatedHost } from './simulated-host.ts';
import { type SimulatedLedger, simulatedLedger } from './simulated-ledger.ts';

type StoreCall = 'putLease' | 'endLease' | 'putVerdict';

type Happening =
  | HostEvent
  /** `subject` is the lease. */
  | { readonly type: 'store'; readonly call: StoreCall; readonly subject: string; readonly ok: boolean }
  | { readonly type: 'said'; readonly event: DaemonEvent }
  | { readonly type: 'supervisor_began' }
  | { readonly type: 'supervisor_killed' }
  | { readonly type: 'supervisor_stops' };

/** What host, store and daemon did, in the order in which it happened. */
export type Step = Happening & { readonly at_ms: number; readonly unix_ms: number };

/** What a simulated life is made of. */
export interface LifeOptions {
  readonly seed?: number;
  /** Statements by name; each runs once an interval. */
  readonly schedule?: Readonly<Record<string, Conduct>>;
  readonly interval_s?: number;
  readonly store?: GuardStore;
  readonly pressure?: HostPressureProbe;
  readonly denial_ms?: readonly number[];
  /** Idle workers kept beyond the need. */
  readonly spares?: number;
}

/** What outlives a supervisor: the host, the disk, and time. */
export interface World {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly host: SimulatedHost;
  readonly store: GuardStore;
  readonly ledger: SimulatedLedger;
  readonly conducts: Map<string, Conduct>;
  readonly steps: readonly Step[];
  readonly options: LifeOptions;
  note(happening: Happening): void;
}

/** The real supervisor on a simulated host. */
export interface Life {
  readonly supervisor: Supervisor;
  readonly clock: SimulatedClock;
  readonly host: SimulatedHost;
  readonly ledger: SimulatedLedger;
  readonly steps: readonly Step[];
  /** Runs a statement outside the schedule. */
  ask(sql: string): Promise<QueryOutcome>;
  /** Sets what a statement does from now on. */
  teach(sql: string, conduct: Conduct): void;
  /** SIGKILL: from here on it does and hears nothing. Its workers notice, or do not when they are stopped. */
  kill(): void;
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

/** Makes a world in which nothing happens but what `clock.advance` lets happen. */
export const createWorld = (options: LifeOptions): World => {
  const clock = new SimulatedClock();
  const random = seededRandom(options.seed ?? 1);
  const steps: Step[] = [];
  const conducts = new Map(Object.entries(options.schedule ?? {}));
  const note = (happening: Happening): void => {
    steps.push({ ...happening, at_ms: clock.monotonicMs(), unix_ms: clock.unixMs() });
  };
  return {
    clock,
    random,
    host: new SimulatedHost(clock, random, (sql) => conducts.get(sql) ?? quick, note),
    store: noting(options.store ?? inMemoryGuardStore(), note),
    ledger: simulatedLedger(clock),
    conducts,
    steps,
    options,
    note,
  };
};

/** Notes each write and whether it succeeded. */
const noting = (store: GuardStore, note: World['note']): GuardStore => {
  const noted = <T extends { readonly ok: boolean }>(call: StoreCall, subject: string, result: T): T => {
    note({ type: 'store', call, subject, ok: result.ok });
    return result;
  };
  return {
    ...store,
    putLease: (lease) => noted('putLease', lease.leaseId, store.putLease(lease)),
    endLease: (leaseId) => noted('endLease', leaseId, store.endLease(leaseId)),
    putVerdict: (verdict, denial, evidence) =>
      noted('putVerdict', verdict.leaseId, store.putVerdict(verdict, denial, evidence)),
  };
};

/** A statement of the schedule; its SQL is its name. */
const scheduled = (name: string, interval_s: number): ScheduledQuery => ({
  name,
  sql: name,
  interval_s,
  snapshot: false,
  removed: true,
  denylist: true,
  startup_priority: undefined,
  ...levelLimits(budgetOfLevel['0']),
});

/** Time and processes as one supervisor sees them: when it is killed, neither calls it any more. */
class Lifeline {
  readonly #world: World;
  #cut = false;

  constructor(world: World) {
    this.#world = world;
  }

  readonly clock: Clock = {
    monotonicMs: () => this.#world.clock.monotonicMs(),
    unixMs: () => this.#world.clock.unixMs(),
    after: (delay_ms, fire) => this.#world.clock.after(delay_ms, this.#while(fire)),
    soon: (fire) => this.#world.clock.soon(this.#while(fire)),
  };

  readonly processHost: ProcessHost = {
    killOrphans: () => this.#world.host.processHost.killOrphans(),
    spawnWorker: (listener) =>
      this.#world.host.processHost.spawnWorker({
        message: (message) => this.#while(() => listener.message(message))(),
        rows: (payload) => this.#while(() => listener.rows(payload))(),
        protocolError: (message) => this.#while(() => listener.protocolError(message))(),
        exited: (exit) => this.#while(() => listener.exited(exit))(),
      }),
  };

  cut(): void {
    this.#cut = true;
  }

  #while(act: () => void): () => void {
    return () => {
      if (!this.#cut) act();
    };
  }
}

/** Starts a supervisor in the world. */
export const beginLife = async (world: World): Promise<Life> => {
  const { clock, random, host, store, ledger, conducts, options, note } = world;
  const lifeline = new Lifeline(world);
  note({ type: 'supervisor_began' });
  const starting = startSupervisor(
    {
      clock: lifeline.clock,
      random,
      processHost: lifeline.processHost,
      sampler: host.sampler,
      pressure: options.pressure ?? calm,
      store,
      ledger,
      self: undefined,
    },
    {
      schedule: [...conducts.keys()].map((name) => scheduled(name, options.interval_s ?? 10)),
      splayPercent: 0,
      limits: {
        maxWorkers: 8,
        maxUnkillable: 2,
        concurrency: { scheduled: 2, live: 2, probation: 1 },
        slow_ms: 250,
        maxQueued: 1_000,
        idle_ms: 10_000,
        lastIdle_ms: 60_000,
        spares: options.spares ?? 0,
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
      emit: (event) => note({ type: 'said', event }),
    },
  );
  await clock.advance(0);
  const started = await starting;
  if (!started.ok) throw new Error(started.error.message);
  const supervisor = started.value;
  return {
    supervisor,
    clock,
    host,
    ledger,
    steps: world.steps,
    teach: (sql, conduct) => void conducts.set(sql, conduct),
    ask: (sql) =>
      new Promise((resolve) => {
        supervisor.query(
          { sql, uid: 0, budget: budgetOfLevel['0'] },
          { columns: () => undefined, rows: () => 'more', done: resolve },
        );
      }),
    kill: () => {
      note({ type: 'supervisor_killed' });
      lifeline.cut();
      host.orphanAll();
    },
  };
};

/** A world with one supervisor in it. */
export const startLife = (options: LifeOptions = {}): Promise<Life> => beginLife(createWorld(options));
