import type { GuardStore } from '../../platform/guard-store.ts';
import type { HostPressureProbe } from '../../platform/host-pressure.ts';
import type { Random } from '../../platform/random.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import { SimulatedClock } from '../../platform/simulated-clock.ts';
import type { QueryOutcome } from '../../protocol/control.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { Denial } from '../../protocol/denial.ts';
import type { HostPressure } from '../../protocol/host-pressure.ts';
import type { Lease } from '../../protocol/lease.ts';
import type { LimitOverride } from '../../protocol/limit-override.ts';
import type { ScheduledQuery } from '../../supervisor/config/config.ts';
import type { Flags } from '../../supervisor/config/flags.ts';
import type { ExtensionRoster } from '../../supervisor/extensions/life/extension-roster.ts';
import type { ScheduleEntry } from '../../supervisor/schedule/schedule-book.ts';
import type { AskedByConfig } from '../../supervisor/supervisor.ts';
import { scheduledQuery } from './asked.ts';
import { type Conduct, type HostEvent, quick } from './conduct.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { SimulatedHost } from './simulated-host.ts';

/** A write to the guard's store; `subject` is the lease, or the record's key. */
type StoreHappening =
  | {
      readonly call: 'putLease' | 'endLease';
      readonly subject: string;
      readonly ok: boolean;
      readonly lease?: Lease;
    }
  | {
      readonly call: 'putVerdict';
      readonly subject: string;
      readonly verdictId: string;
      readonly ok: boolean;
      readonly denial: Denial | undefined;
    }
  | { readonly call: 'putDenial'; readonly subject: string; readonly ok: boolean; readonly denial: Denial }
  | { readonly call: 'removeDenial'; readonly subject: string; readonly ok: boolean }
  | {
      readonly call: 'putOverrides';
      /** The query. */
      readonly subject: string;
      readonly ok: boolean;
      readonly overrides: readonly LimitOverride[];
    };

/** What the guard's store holds for the next supervisor. */
export interface Stored {
  readonly denials: readonly Denial[];
  readonly overrides: readonly LimitOverride[];
}

/** What a step tells. */
export type Happening =
  | HostEvent
  | ({ readonly type: 'store' } & StoreHappening)
  | { readonly type: 'said'; readonly event: DaemonEvent }
  | { readonly type: 'committed'; readonly name: string; readonly rows: string }
  | { readonly type: 'asked'; readonly askId: number; readonly sql: string }
  | { readonly type: 'cancelled'; readonly askId: number; readonly sql: string }
  | {
      readonly type: 'was_answered';
      readonly askId: number;
      readonly sql: string;
      readonly outcome: QueryOutcome;
    }
  /** With the schedule of the config as it is then. */
  | { readonly type: 'supervisor_began'; readonly schedule: readonly ScheduledQuery[] }
  | { readonly type: 'supervisor_failed_to_start' }
  | { readonly type: 'supervisor_killed'; readonly stored: Stored }
  | { readonly type: 'power_lost'; readonly stored: Stored }
  | { readonly type: 'wall_clock_jumped'; readonly by_ms: number }
  | { readonly type: 'override_set'; readonly override: LimitOverride }
  | { readonly type: 'override_taken_back'; readonly name: string }
  /** It was told to read its config: the book before and after. */
  | {
      readonly type: 'rescheduled';
      readonly schedule: readonly ScheduledQuery[];
      readonly ok: boolean;
      readonly before: readonly ScheduleEntry[];
      readonly after: readonly ScheduleEntry[];
    }
  /** The ledger forgot every query but these. */
  | { readonly type: 'retained'; readonly names: readonly string[] }
  /** With the book as it was. */
  | { readonly type: 'supervisor_stops'; readonly entries: readonly ScheduleEntry[] };

/** What host, store and daemon did, in the order in which it happened. */
export type Step = Happening & { readonly at_ms: number; readonly unix_ms: number };

/** What a simulated life is made of. */
export interface LifeOptions {
  readonly seed?: number;
  /** Statements by name; each runs once an interval, under the budgets of level 0. */
  readonly schedule?: Readonly<Record<string, Conduct>>;
  readonly interval_s?: number;
  /** 0 when absent. */
  readonly splayPercent?: number;
  /** Queries of the schedule that are told in full. */
  readonly queries?: readonly ScheduledQuery[];
  /** What the config has asked beside its schedule; nothing when absent. */
  readonly beside?: Partial<Pick<AskedByConfig, 'packs' | 'decorators'>>;
  /** The usual ones when absent. */
  readonly flags?: () => Flags;
  /** Conducts of statements outside the schedule. */
  readonly conducts?: Readonly<Record<string, Conduct>>;
  readonly store?: GuardStore;
  readonly pressure?: HostPressureProbe;
  /** None when absent. */
  readonly extensions?: ExtensionRoster;
  readonly denial_ms?: readonly number[];
  /** Idle workers kept beyond the need. */
  readonly spares?: number;
  /** After so many failed starts in a row what waits is refused, as without a daemon. */
  readonly failedStartsMost?: number;
  /** All workers together. */
  readonly maxWorkers?: number;
  /** `schedule_defer`; true when absent. */
  readonly mayDefer?: boolean;
  /** Of the store thread; 0 when absent: a task is done at once. */
  readonly longestTask_ms?: number;
}

/** A run that the ledger took. */
interface CommittedAt {
  readonly name: string;
  readonly decorations: Readonly<Record<string, string>>;
  readonly at_ms: number;
}

/** What outlives a supervisor: the host, the disk, and time. */
export interface World {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly host: SimulatedHost;
  readonly disk: SimulatedDisk;
  readonly conducts: Map<string, Conduct>;
  readonly committed: CommittedAt[];
  readonly steps: readonly Step[];
  /** Every lease that was ever to be stored. */
  readonly leases: Map<string, Lease>;
  readonly options: LifeOptions;
  /** The schedule of the config as its file has it: what the next supervisor starts with. */
  schedule: readonly ScheduledQuery[];
  /** What a supervisor reads of the host's pressure. */
  pressure: HostPressure;
  note(happening: Happening): void;
}

export const calmHost: HostPressure = {
  cpuSome_percent: 0,
  ioSome_percent: 0,
  loadPerCore: 0,
  memoryAvailable_bytes: 2 ** 33,
  memoryTotal_bytes: 2 ** 34,
  battery_percent: undefined,
};

/** Our chains of promises are shorter: an answer of the ledger or of the pressure probe, and what its hearer does. */
const promiseLinks = 4;

/** Makes a world in which nothing happens but what `clock.advance` lets happen. */
export const createWorld = (options: LifeOptions): World => {
  const clock = new SimulatedClock(undefined, promiseLinks);
  const random = seededRandom(options.seed ?? 1);
  const steps: Step[] = [];
  const conducts = new Map([
    ...Object.entries(options.schedule ?? {}),
    ...Object.entries(options.conducts ?? {}),
  ]);
  const note = (happening: Happening): void => {
    steps.push({ ...happening, at_ms: clock.monotonicMs(), unix_ms: clock.unixMs() });
  };
  return {
    clock,
    random,
    host: new SimulatedHost(clock, random, (sql) => conducts.get(sql) ?? quick, note),
    disk: new SimulatedDisk(random, options.store),
    conducts,
    committed: [],
    steps,
    leases: new Map(),
    options,
    schedule: [
      ...(options.queries ?? []),
      ...Object.keys(options.schedule ?? {}).map((name) =>
        scheduledQuery(name, { interval_s: options.interval_s ?? 10 }),
      ),
    ],
    pressure: calmHost,
    note,
  };
};
