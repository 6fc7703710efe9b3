import type { GuardStore, StoreFailure } from '../../platform/guard-store.ts';
import type { CompletedRun } from '../../platform/ledger.ts';
import type { SimulatedClock } from '../../platform/simulated-clock.ts';
import { budgetOfLevel } from '../../protocol/budget.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import { recordKey } from '../../protocol/denial.ts';
import type { Result } from '../../protocol/result.ts';
import { Flags } from '../../supervisor/config/flags.ts';
import {
  type AskedByConfig,
  type Supervisor,
  type SupervisorOptions,
  startSupervisor,
} from '../../supervisor/supervisor.ts';
import { asked } from './asked.ts';
import type { Conduct } from './conduct.ts';
import { Lifeline } from './lifeline.ts';
import type { SimulatedHost } from './simulated-host.ts';
import { simulatedLedger } from './simulated-ledger.ts';
import { createWorld, type LifeOptions, type Step, type World } from './world.ts';

/** The real supervisor on a simulated host. */
export interface Life {
  readonly supervisor: Supervisor;
  readonly clock: SimulatedClock;
  readonly host: SimulatedHost;
  readonly ledger: Pick<World, 'committed'>;
  readonly steps: readonly Step[];
  /** Runs a statement outside the schedule. */
  ask(sql: string): Promise<QueryOutcome>;
  /** Sets what a statement does from now on. */
  teach(sql: string, conduct: Conduct): void;
  /** SIGKILL: from here on it does and hears nothing. Its workers notice, or do not when they are stopped. */
  kill(): void;
}

/** How many workers the supervisors of the simulation may have. */
export const maxWorkers = 8;

/** What the config of a world has asked. */
export const askedIn = ({ options, schedule }: World): AskedByConfig => ({
  ...asked(schedule),
  ...options.beside,
});

const supervisorOptions = (world: World, emit: SupervisorOptions['emit']): SupervisorOptions => {
  const { splayPercent = 0, denial_ms, spares = 0, failedStartsMost, mayDefer = true } = world.options;
  return {
    asked: askedIn(world),
    splayPercent,
    ...(world.options.extensions === undefined ? {} : { extensions: world.options.extensions }),
    mayDefer: () => mayDefer,
    limits: {
      maxWorkers: world.options.maxWorkers ?? maxWorkers,
      maxUnkillable: 2,
      concurrency: { scheduled: 2, live: 2, events: 1, probation: 1 },
      slow_ms: 250,
      maxQueued: 1_000,
      idle_ms: 10_000,
      lastIdle_ms: 60_000,
      spares,
      ...(failedStartsMost === undefined ? {} : { failedStartsMost }),
    },
    denial_ms: denial_ms ?? [600_000, 3_600_000, 86_400_000],
    lineOptions: () => ({
      hostIdentifier: 'host',
      eventLines: true,
      snapshotEventLines: false,
      numerics: false,
      nullvalue: '',
      epoch: 0,
      decorationsTopLevel: false,
    }),
    info: () => ({}),
    flags: world.options.flags ?? (() => new Flags()),
    emit,
  };
};

/** The life line of the next supervisor in the world; `died` is called when something kills it. */
export const lifelineIn = (world: World, died: () => void): Lifeline =>
  new Lifeline(world.clock, world.host.processHost, () => {
    world.note({ type: 'supervisor_killed', stored: world.disk.stored() });
    world.host.orphanAll();
    died();
  });

/** Starts the real supervisor on a life line. */
export const startOn = (world: World, lifeline: Lifeline): Promise<Result<Supervisor, StoreFailure>> => {
  const { random, host, disk, options } = world;
  const { clock } = lifeline;
  world.note({ type: 'supervisor_began', schedule: world.schedule });
  return startSupervisor(
    {
      clock,
      random,
      processHost: lifeline.processHost,
      sampler: host.sampler,
      pressure: options.pressure ?? { read: () => Promise.resolve(world.pressure) },
      store: noting(disk.guardOf(lifeline), lifeline, world),
      ledger: simulatedLedger({
        clock,
        random,
        store: disk.resultsOf(lifeline),
        files: disk.logsOf(lifeline),
        longestTask_ms: options.longestTask_ms ?? 0,
        committed: (run) => noteCommit(world, run),
        retained: (names) => world.note({ type: 'retained', names }),
      }),
      self: undefined,
    },
    supervisorOptions(world, (event) => {
      if (!lifeline.isDead) world.note({ type: 'said', event });
    }),
  );
};

const noteCommit = (world: World, { name, snapshot, results, lines }: CompletedRun): void => {
  const { decorations } = lines;
  world.committed.push({ name, decorations, at_ms: world.clock.monotonicMs() });
  const frames = results.flatMap(({ rowFrames }) => rowFrames);
  const rows = frames.map((frame) => Buffer.from(frame).toString()).join('');
  if (!snapshot) world.note({ type: 'committed', name, rows });
};

/** Notes each write and whether it succeeded. A supervisor that died in the call does not learn that. */
const noting = (store: GuardStore, lifeline: Lifeline, { leases, note }: World): GuardStore => {
  const noted = <T extends { readonly ok: boolean }>(result: T, tell: (ok: boolean) => void): T => {
    if (!lifeline.isDead) tell(result.ok);
    return result;
  };
  return {
    ...store,
    putLease: (lease) =>
      noted(store.putLease(lease), (ok) => {
        leases.set(lease.leaseId, lease);
        note({ type: 'store', call: 'putLease', subject: lease.leaseId, ok, lease });
      }),
    endLease: (leaseId) =>
      noted(store.endLease(leaseId), (ok) => note({ type: 'store', call: 'endLease', subject: leaseId, ok })),
    putVerdict: (verdict, denial, evidence) =>
      noted(store.putVerdict(verdict, denial, evidence), (ok) =>
        note({
          type: 'store',
          call: 'putVerdict',
          subject: verdict.leaseId,
          verdictId: verdict.verdictId,
          ok,
          denial,
        }),
      ),
    putDenial: (denial) =>
      noted(store.putDenial(denial), (ok) =>
        note({ type: 'store', call: 'putDenial', subject: recordKey(denial), ok, denial }),
      ),
    removeDenial: (scope, sqlHash) =>
      noted(store.removeDenial(scope, sqlHash), (ok) =>
        note({ type: 'store', call: 'removeDenial', subject: recordKey({ scope, sqlHash }), ok }),
      ),
    putOverrides: (overrides) =>
      noted(store.putOverrides(overrides), (ok) =>
        note({ type: 'store', call: 'putOverrides', subject: overrides[0]?.queryId ?? '', ok, overrides }),
      ),
  };
};

/** A world with one supervisor in it. */
export const startLife = (options: LifeOptions = {}): Promise<Life> => beginLife(createWorld(options));

/** Starts a supervisor in a world; when it is killed nobody starts another one. */
export const beginLife = async (world: World): Promise<Life> => {
  const lifeline = lifelineIn(world, () => undefined);
  const starting = startOn(world, lifeline);
  await world.clock.advance(0);
  const started = await starting;
  if (!started.ok) throw new Error(started.error.message);
  const supervisor = started.value;
  return {
    supervisor,
    clock: world.clock,
    host: world.host,
    ledger: world,
    steps: world.steps,
    kill: () => lifeline.die(),
    teach: (sql, conduct) => void world.conducts.set(sql, conduct),
    ask: (sql) =>
      new Promise((resolve) => {
        supervisor.query(
          { sql, by: { uid: 0 }, budget: budgetOfLevel['0'] },
          { columns: () => undefined, rows: () => 'more', done: resolve },
        );
      }),
  };
};
