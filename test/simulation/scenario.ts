import { type Budget, budgetOfLevel } from '../../protocol/budget.ts';
import type { Limits } from '../../protocol/limits.ts';
import type { VerdictReason } from '../../protocol/verdict.ts';
import type { AskedQuery, ScheduledQuery } from '../../supervisor/config/config.ts';
import { levelLimits } from '../../supervisor/limits/effective.ts';
import type { AskedByConfig } from '../../supervisor/supervisor.ts';
import { packWith } from './asked.ts';
import { type Conduct, quick } from './conduct.ts';

/** A statement of a scenario and whether it may be judged. */
export interface Statement {
  /** Its name is its SQL. */
  readonly name: string;
  readonly conduct: Conduct;
  /** What it is guilty of; undefined: nothing, a verdict about it would be a false kill. */
  readonly guilt: VerdictReason | undefined;
  /** Under a limit of its share of a core, too. */
  readonly shareLimited: boolean;
  /** Held to this share of a core, in percent; 0: not held. */
  readonly throttle_percent: number;
}

/** A statement of the schedule. */
export interface ScheduledStatement extends Statement {
  /** What the schedule calls it; another config may have another SQL under the same name. */
  readonly loggedName: string;
  readonly interval_s: number;
  readonly snapshot: boolean;
  readonly mayBeDenied: boolean;
  /** Its SQL, which is its name, names an event table. */
  readonly readsEvents: boolean;
  /** A limit that nothing here comes to: it tells one config, or one override, from another. */
  readonly paths: number;
  /** The pack that it is of, for this host or not, as discovery says. */
  readonly pack: PackName | undefined;
}

export type PackName = 'here' | 'elsewhere';

/** Somebody asks at a time, outside the schedule. */
export interface Ask {
  readonly at_ms: number;
  /** Name of a statement of `asked`. */
  readonly name: string;
  /** Gives up after this long. */
  readonly cancelAfter_ms: number | undefined;
  /** Stops reading at the first rows, for so long; 0: reads on. */
  readonly readsAfter_ms: number;
}

/** An operator's word, about a query of the schedule by its logged name. */
export type Command = { readonly at_ms: number; readonly name: string } & (
  | { readonly kind: 'deny'; readonly for_ms: number }
  | { readonly kind: 'clear' }
  | { readonly kind: 'override'; readonly for_ms: number; readonly limits: Limits }
  | { readonly kind: 'take_back' }
);

/** The config is another one from here on, and the supervisor is told to read it. */
export interface Reload {
  readonly at_ms: number;
  /** What is not in it leaves; the same SQL means the same conduct in every config. */
  readonly schedule: readonly ScheduledStatement[];
}

export const faultKinds = [
  'spawn_fails',
  'start_hangs',
  'start_slow',
  'death_slow',
  'worker_stays_on',
  'idle_workers_killed',
  'pid_reused',
  'message_torn',
  'message_repeated',
  'guard_store_fails',
  'results_store_fails',
  'log_disk_full',
  'log_rotated',
  'clock_jumps',
  'host_suspended',
  'supervisor_held_up',
  'supervisor_killed',
  'supervisor_killed_in_a_call',
  'power_lost',
  'host_busy',
  'memory_scarce',
  'battery_low',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Something that goes wrong at a time, for a time. */
export interface Fault {
  readonly kind: FaultKind;
  readonly at_ms: number;
  readonly for_ms: number;
  /** 0 … 1: how likely each occasion is, how far a clock jumps, at which call a supervisor dies. */
  readonly amount: number;
}

/** One life, drawn from a seed: plain data, so that it can be printed, cut down and lived again. */
export interface Scenario {
  readonly seed: number;
  readonly schedule: readonly ScheduledStatement[];
  /** What may be asked outside the schedule. */
  readonly asked: readonly Statement[];
  readonly asks: readonly Ask[];
  readonly commands: readonly Command[];
  readonly reloads: readonly Reload[];
  readonly faults: readonly Fault[];
  /** Its lines have what decorators say. */
  readonly isDecorated: boolean;
  /** Idle workers that are kept beyond the need. */
  readonly spares: number;
  readonly splayPercent: number;
  /** Whether busy CPUs and disks put starts off. */
  readonly mayDefer: boolean;
  /** Virtual time in which faults happen; one that is due later does not. */
  readonly faulty_ms: number;
}

/** Lengths of the first, second, … denial in every scenario. */
export const denial_ms: readonly number[] = [3_000, 9_000, 27_000];

/**
 * Budgets of the scenarios: a tenth of those of level 0, so that a life in which everything happens takes seconds of
 * virtual time. The code that is tried knows them as numbers only.
 */
export const budgetOf = ({ shareLimited, throttle_percent }: Statement): Budget => ({
  ...budgetOfLevel['0'],
  wall_ms: 2_000,
  cpu_ms: 1_000,
  cpu_percent: shareLimited ? 50 : 0,
  cpu_window_ms: 500,
  throttle_percent,
  memory_mb: 100,
  rows: 1_000,
  result_mb: 1,
  read_mb: 32,
});

/** How many times longer it takes because it is held to its share of a core. */
export const stretchOf = ({ conduct, throttle_percent }: Statement): number =>
  throttle_percent === 0 ? 1 : Math.max(1, (conduct.cpu * 100) / throttle_percent);

/** The longest that a run can take until a limit of those budgets ends it, looked at without hindrance. */
export const longestRun_ms = (statement: Statement): number => 3_000 * stretchOf(statement);

export const scheduledQuery = (statement: ScheduledStatement): ScheduledQuery => ({
  name: statement.loggedName,
  sql: statement.name,
  interval_s: statement.interval_s,
  snapshot: statement.snapshot,
  removed: true,
  denylist: statement.mayBeDenied,
  startup_priority: undefined,
  ...(statement.pack === undefined ? {} : { pack: statement.pack }),
  ...levelLimits({ ...budgetOf(statement), paths: statement.paths }),
});

/** Of a pack: what its discovery asks. Of all lines: what their decorators ask. */
const discoveryOf: Readonly<Record<PackName, string>> = { here: 'is it here', elsewhere: 'is it elsewhere' };
const decoratorOf = { load: 'what is loaded', always: 'what is always asked' } as const;

const quickWith = (name: string, rows: number): Statement => ({
  name,
  conduct: { ...quick, least_rows: rows, most_rows: rows },
  guilt: undefined,
  shareLimited: false,
  throttle_percent: 0,
});
const besideStatements: readonly Statement[] = [
  quickWith(discoveryOf.here, 1),
  quickWith(discoveryOf.elsewhere, 0),
  quickWith(decoratorOf.load, 1),
  quickWith(decoratorOf.always, 1),
];

const askedBeside = (sql: string): AskedQuery => ({ sql, ...levelLimits(budgetOf(quickWith(sql, 1))) });

/** What the config of a scenario has asked beside its schedule, in every version of it. */
export const besideOf = (scenario: Scenario): Pick<AskedByConfig, 'packs' | 'decorators'> => {
  const packs = new Set(scheduledIn(scenario).flatMap(({ pack }) => (pack === undefined ? [] : [pack])));
  const decorators = {
    source: 'main',
    load: [askedBeside(decoratorOf.load)],
    always: [askedBeside(decoratorOf.always)],
    interval: [],
  };
  return {
    packs: [...packs].map((name) => ({
      ...packWith(name),
      discovery: [askedBeside(discoveryOf[name])],
    })),
    decorators: scenario.isDecorated ? [decorators] : [],
  };
};

/** Every statement that is in the schedule at some time, once, as the first config has it. */
export const scheduledIn = ({ schedule, reloads }: Scenario): readonly ScheduledStatement[] => {
  if (reloads.length === 0) return schedule;
  const all = [...schedule, ...reloads.flatMap((reload) => reload.schedule)];
  return [...new Map(all.toReversed().map((statement) => [statement.name, statement])).values()];
};

/** Every statement that may run. */
export const statementsOf = (scenario: Scenario): readonly Statement[] => [
  ...scheduledIn(scenario),
  ...scenario.asked,
  ...besideStatements,
];

export const hasFault = ({ faults }: Scenario, ...kinds: readonly FaultKind[]): boolean =>
  faults.some(({ kind }) => kinds.includes(kind));

/** For how long its supervisors are held up, in all. */
export const heldUp_ms = ({ faults }: Scenario): number =>
  faults.filter(({ kind }) => kind === 'supervisor_held_up').reduce((sum, { for_ms }) => sum + for_ms, 0);

/** What leaves a wait of several seconds behind: a back-off, a start again, a reading of the host that is still fresh. */
const slowToRecover: readonly FaultKind[] = [
  'spawn_fails',
  'start_slow',
  'supervisor_killed_in_a_call',
  'host_busy',
  'memory_scarce',
  'battery_low',
];

/**
 * From the end of the faults until everything runs again: the longest wait that one of them leaves behind. A worker
 * that hangs at its start is given ten seconds, and then the next start waits for its back-off; one that takes its time
 * to die holds back the query that it failed for its back-off after that.
 */
export const recovery_ms = (scenario: Scenario): number => {
  if (hasFault(scenario, 'start_hangs')) return 17_000;
  // What asks whether a pack is for this host waits longer after each failure.
  if (scheduledIn(scenario).some(({ pack }) => pack === 'here')) return 12_000;
  if (hasFault(scenario, 'death_slow')) return 9_000;
  return hasFault(scenario, ...slowToRecover) ? 6_500 : 4_000;
};

/** After that the queries of the schedule must keep their intervals for so long. */
export const served_ms = 6_000;
