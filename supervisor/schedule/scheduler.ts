import type { ActorRef, Behaviour, Context } from '../../actors/types.ts';
import { decideStart, type PressureReason } from '../../policies/host-pressure.ts';
import type { LostStartReason } from '../../protocol/why.ts';
import { dueQueries } from '../config/due.ts';
import type { DecoratorsMessage } from '../decorators/decorators.ts';
import type { LimitOverrides } from '../limits/limit-overrides.ts';
import type { PackBoard } from '../packs/pack-board.ts';
import type { PressureGauge } from '../watchdog/pressure-gauge.ts';
import type { WorkforceMessage } from '../workforce/messages.ts';
import { collectRun } from './collector.ts';
import type { ScheduleEntry } from './schedule-book.ts';
import { scheduledLane } from './scheduled-lane.ts';
import { type EndedStart, type ResultDeps, type Start, takeResult } from './take-result.ts';

/** To the scheduler. */
export type SchedulerMessage =
  | { readonly type: 'tick' }
  /** A query is due within the second of the last tick, and its moment has come. */
  | { readonly type: 'start'; readonly name: string; readonly planned_ms: number }
  /** A start that was put off asks again. */
  | { readonly type: 'ask_again'; readonly name: string; readonly start: Start }
  | ({ readonly type: 'collected' } & EndedStart);

/** What the scheduler needs. */
export interface SchedulerDeps extends ResultDeps {
  readonly workforce: ActorRef<WorkforceMessage>;
  readonly decorators: ActorRef<DecoratorsMessage>;
  /** Queries of packs that are not for this host at present do not start. */
  readonly packs: Pick<PackBoard, 'active' | 'countUse'>;
  readonly gauge: PressureGauge;
  /** Whether a worker has been at work for longer than a usual query takes. */
  readonly weAreBusy: () => boolean;
  /** `schedule_defer`, as it is now. */
  readonly mayDefer: () => boolean;
  /** Ends what is over; asked every second. */
  readonly overrides: Pick<LimitOverrides, 'expire'>;
  /** Monotonic milliseconds before which a `cpu_percent` of osquery's flags stops nobody. */
  readonly cpuRuleFrom_ms: number;
}

interface State {
  /** Unix second of the first tick; later ones count on the monotonic clock, so a clock jump runs nothing twice. */
  readonly firstTick_s: number;
  readonly started_ms: number;
  nextTick_s: number;
  /** Queries with a startup priority that had their extra run. */
  readonly startedOnce: Set<string>;
  /** Until then the host's pressure may still tell of our own work. */
  busyUntil_ms: number;
  /** Why queries wait at present. */
  pressure: PressureReason | undefined;
}

/** What the kernel tells of pressure is a mean over about so long (avg10). */
const pressureWindow_ms = 10_000;

/** Ticks that were missed (suspend, a busy host) are made up for this long at most; older ones are dropped. */
const catchUp_s = 60;

/** What is due sooner than a timer can tell starts at once. */
const shortestTimer_ms = 1;

/**
 * One tick a second: plans the starts of that second. At its moment each query goes to the workforce, unless its former
 * run is not over.
 */
export const scheduler = (deps: SchedulerDeps): Behaviour<SchedulerMessage, State> => ({
  init: (context) => {
    // After a restart of this actor nobody waits for its former runs.
    for (const entry of deps.book.entries()) deps.book.update(entry.query.name, { run: undefined });
    const now_ms = context.clock.unixMs();
    const firstTick_s = Math.ceil(now_ms / 1000);
    const started_ms = context.clock.monotonicMs() + (firstTick_s * 1000 - now_ms);
    context.startTimer('tick', firstTick_s * 1000 - now_ms, { type: 'tick' });
    return {
      firstTick_s,
      started_ms,
      nextTick_s: firstTick_s,
      startedOnce: new Set(),
      busyUntil_ms: 0,
      pressure: undefined,
    };
  },
  receive: (state, message, context) => {
    switch (message.type) {
      case 'tick':
        tick(deps, state, context);
        break;
      case 'start': {
        const entry = deps.book.get(message.name);
        if (entry !== undefined) due(deps, state, entry, message.planned_ms, context);
        break;
      }
      case 'ask_again': {
        const entry = deps.book.get(message.name);
        // The query may have gone since, or gone and come back.
        if (entry?.run === message.start.requestId) begin(deps, state, entry, message.start, context);
        break;
      }
      case 'collected':
        takeResult(deps, message, context.clock);
        break;
    }
    return state;
  },
});

const tick = (deps: SchedulerDeps, state: State, context: Context<SchedulerMessage>): void => {
  if (deps.weAreBusy()) state.busyUntil_ms = context.clock.monotonicMs() + pressureWindow_ms;
  deps.overrides.expire();
  // Keeps a reading at hand for the starts of this second and for the judge.
  deps.gauge.latest();
  const elapsed_ms = context.clock.monotonicMs() - state.started_ms;
  const now_s = state.firstTick_s + Math.floor((elapsed_ms + 0.5) / 1000);
  state.nextTick_s = Math.max(state.nextTick_s, now_s - catchUp_s);
  const asked = new Set<string>();
  const entries = deps.packs.active(deps.book.entries());
  deps.packs.countUse();
  for (; state.nextTick_s <= now_s; state.nextTick_s += 1) {
    const tick_ms = state.started_ms + (state.nextTick_s - state.firstTick_s) * 1000;
    for (const { entry, after_ms } of dueQueries(entries, state.nextTick_s, state.startedOnce)) {
      if (asked.has(entry.query.name)) continue;
      asked.add(entry.query.name);
      plan(deps, state, entry, tick_ms + after_ms, context);
    }
  }
  const next_ms =
    (state.nextTick_s - state.firstTick_s) * 1000 - (context.clock.monotonicMs() - state.started_ms);
  context.startTimer('tick', Math.max(0, next_ms), { type: 'tick' });
};

/** Starts what is due now, and sets a timer for what is due later in this second. */
const plan = (
  deps: SchedulerDeps,
  state: State,
  entry: ScheduleEntry,
  planned_ms: number,
  context: Context<SchedulerMessage>,
): void => {
  const wait_ms = planned_ms - context.clock.monotonicMs();
  if (wait_ms < shortestTimer_ms) return due(deps, state, entry, planned_ms, context);
  const { name } = entry.query;
  // A query of every second may be planned again before this timer is heard: each start has a timer of its own.
  context.startTimer(`start:${planned_ms}:${name}`, wait_ms, { type: 'start', name, planned_ms });
};

const due = (
  deps: SchedulerDeps,
  state: State,
  entry: ScheduleEntry,
  planned_ms: number,
  context: Context<SchedulerMessage>,
): void => {
  if (entry.run !== undefined) {
    return skip(deps, entry, 'former_run', 'is due again, but its former run is not over', context);
  }
  const requestId = context.random.id();
  deps.book.update(entry.query.name, { run: requestId });
  begin(deps, state, entry, { requestId, planned_ms, deferred_ms: 0 }, context);
};

const skip = (
  deps: SchedulerDeps,
  { query, skipped }: ScheduleEntry,
  reason: LostStartReason,
  why: string,
  { clock }: Context<SchedulerMessage>,
): void => {
  const lastSkip = { at_unix_ms: clock.unixMs(), reason };
  deps.book.update(query.name, { skipped: skipped + 1, lastSkip });
  deps.emit({ type: 'log', severity: 'warning', message: `'${query.name}' ${why}: this start is skipped.` });
};

/** Starts the run unless the host is under pressure: then it waits for a while, or falls out. */
const begin = (
  deps: SchedulerDeps,
  state: State,
  entry: ScheduleEntry,
  start: Start,
  context: Context<SchedulerMessage>,
): void => {
  const { name } = entry.query;
  const { deferred_ms } = start;
  const host = deps.gauge.latest();
  const decision =
    host === undefined
      ? ({ kind: 'run' } as const)
      : decideStart(host, {
          deferred_ms,
          interval_ms: entry.query.interval_s * 1000,
          weAreBusy: context.clock.monotonicMs() < state.busyUntil_ms,
          mayDefer: deps.mayDefer(),
        });
  switch (decision.kind) {
    case 'run':
      if (host !== undefined && deferred_ms === 0) tellPressure(deps, state, undefined);
      return run(deps, entry, start, context);
    case 'defer':
      if (deferred_ms === 0) {
        const lastDeferral = { at_unix_ms: context.clock.unixMs(), reason: decision.reason };
        deps.book.update(name, { deferred: entry.deferred + 1, lastDeferral });
        tellPressure(deps, state, decision.reason);
      }
      context.startTimer(`defer:${name}`, decision.for_ms, {
        type: 'ask_again',
        name,
        start: { ...start, deferred_ms: deferred_ms + decision.for_ms },
      });
      return;
    case 'skip':
      deps.book.update(name, { run: undefined });
      return skip(deps, entry, decision.reason, `is due, but ${pressureWords[decision.reason]}`, context);
  }
};

/** One line when scheduled queries begin to wait and one when they run again, however many there are. */
const tellPressure = (deps: SchedulerDeps, state: State, reason: PressureReason | undefined): void => {
  if (state.pressure === reason) return;
  state.pressure = reason;
  const message =
    reason === undefined
      ? 'Scheduled queries run again.'
      : `Scheduled queries wait: ${pressureWords[reason]}. osquery_schedule.deferred counts them.`;
  deps.emit({ type: 'log', severity: 'info', message });
};

const pressureWords: Readonly<Record<PressureReason, string>> = {
  cpu: "the host's tasks wait for its CPUs",
  io: "the host's tasks wait for its disks",
  load: "the host's load is high",
  memory: "the host's memory is scarce",
  battery: "the host's battery is low",
};

const run = (
  deps: SchedulerDeps,
  { query, scope, sqlHash, limits }: ScheduleEntry,
  start: Start,
  context: Context<SchedulerMessage>,
): void => {
  deps.decorators.tell({ type: 'scheduled' });
  deps.workforce.tell({
    type: 'run',
    request: {
      requestId: start.requestId,
      queryId: query.name,
      scope,
      sql: query.sql,
      sqlHash,
      lane: scheduledLane(query.sql),
      budget: limits.budget,
      ...(limits.origins.cpu_percent === 'flag' ? { cpuPercentFrom_ms: deps.cpuRuleFrom_ms } : {}),
      mayBeDenied: query.denylist,
      listener: collectRun((collectedRun) =>
        context.self.tell({ type: 'collected', query, start, run: collectedRun }),
      ),
    },
  });
};
